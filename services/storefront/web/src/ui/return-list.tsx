import { useState } from "preact/hooks";
import type { GoodsReturn, ReceiptRequest, Refund } from "../../../../contracts/order-api.ts";
import { formatMoment } from "../dates.ts";
import { RETURN_STATE_WORDS } from "../order-states.ts";
import { may } from "../roles.ts";
import { announce } from "../state/announcer.ts";
import { api, session } from "../state/shop.ts";
import { BusyButton } from "./button.tsx";
import { Failure } from "./failure.tsx";

interface Handling {
  /** What goods are called, where it is known. */
  readonly nameOf?: (sku: string) => string | undefined;
  /** How a guest shows that the order is theirs. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly onChange: () => void;
}

/** Goods that come back, and what can be said about those that are waited for. */
export const ReturnList = ({
  returns,
  ...handling
}: Handling & { readonly returns: readonly GoodsReturn[] }) => (
  <ul class="plain-list">
    {returns.map((goods) => (
      <li key={goods.id}>
        <ReturnedGoods goods={goods} {...handling} />
      </li>
    ))}
  </ul>
);

function ReturnedGoods({
  goods,
  nameOf,
  headers = {},
  onChange,
}: Handling & { readonly goods: GoodsReturn }) {
  const [busy, setBusy] = useState<"receipt" | "withdrawal">();
  const [isSoldAgain, setSoldAgain] = useState(true);
  const [problem, setProblem] = useState<unknown>();
  const isReceiver = may(session.account.value, "returns:receive");
  const say = async (what: NonNullable<typeof busy>, body: ReceiptRequest | undefined, done: string) => {
    setBusy(what);
    setProblem(undefined);
    try {
      const path = `/orders/${goods.orderId}/returns/${goods.id}/${what}`;
      await api<Refund | GoodsReturn>({ method: "POST", path, body, headers });
      announce(done);
      onChange();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <>
      {goods.lines.map(({ sku, quantity }) => `${quantity} × ${nameOf?.(sku) ?? sku}`).join(", ")}
      <span class="muted small">
        {" "}
        {RETURN_STATE_WORDS[goods.state]}, {formatMoment(goods.closedAt ?? goods.createdAt)}: {goods.reason}
      </span>
      {problem !== undefined && <Failure error={problem} />}
      {goods.state === "requested" && (
        <p class="actions">
          {isReceiver && (
            <>
              <label class="check">
                <input
                  type="checkbox"
                  checked={isSoldAgain}
                  onChange={(event) => setSoldAgain(event.currentTarget.checked)}
                />{" "}
                Can be sold again
              </label>
              <BusyButton
                isBusy={busy === "receipt"}
                onClick={() => say("receipt", { restock: isSoldAgain }, "The money is on its way back")}
              >
                The goods are here
              </BusyButton>
            </>
          )}
          <BusyButton
            class="quiet"
            isBusy={busy === "withdrawal"}
            onClick={() => say("withdrawal", undefined, "Nothing is waited for any more")}
          >
            They do not come
          </BusyButton>
        </p>
      )}
    </>
  );
}
