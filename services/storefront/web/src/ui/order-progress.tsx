import type { Order, OrderHistory } from "../../../../contracts/order-api.ts";
import { formatMoment } from "../dates.ts";
import { ORDER_PATH, ORDER_STATE_WORDS, reachedStep } from "../order-states.ts";

/** The steps of an order: those behind it with their time, and those that are still to come. */
export function OrderProgress({ order, history }: { readonly order: Order; readonly history: OrderHistory }) {
  const reached = reachedStep(order.state);
  const since = new Map(history.items.map((item) => [item.state, item.since]));
  if (reached === undefined) {
    return (
      <ol class="progress">
        {history.items.map(({ state, since: at }) => (
          <Step key={`${state} ${at}`} name={ORDER_STATE_WORDS[state].name} at={at} isReached />
        ))}
      </ol>
    );
  }
  return (
    <ol class="progress">
      {ORDER_PATH.map((state, index) => (
        <Step
          key={state}
          name={ORDER_STATE_WORDS[state].name}
          at={state === "pending" ? order.createdAt : since.get(state)}
          isReached={index <= reached}
          isCurrent={index === reached}
        />
      ))}
    </ol>
  );
}

const Step = ({
  name,
  at,
  isReached,
  isCurrent = false,
}: {
  readonly name: string;
  readonly at: string | undefined;
  readonly isReached: boolean;
  readonly isCurrent?: boolean;
}) => (
  <li class={isReached ? "reached" : ""} {...(isCurrent ? { "aria-current": "step" } : {})}>
    <span>{name}</span>
    {isReached && at !== undefined && (
      <time class="muted small" dateTime={at}>
        {formatMoment(at)}
      </time>
    )}
    {!isReached && <span class="visually-hidden">, still to come</span>}
  </li>
);
