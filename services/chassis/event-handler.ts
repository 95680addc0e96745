import { Compile } from "typebox/compile";
import { type EventContract, type EventOf, routingKey } from "../contracts/event.ts";
import type { Queryable } from "./database.ts";
import type { Metrics } from "./metrics.ts";
import { messageAttributes, NO_TRACING, SpanKind, type Tracing, within } from "./tracing.ts";

/** What a service does about an event. */
export interface EventHandler {
  readonly routingKey: string;
  /** Checks the payload and handles it; throws {@link UnreadableEventError} when it does not fit. */
  readonly handle: (transaction: Queryable, payload: unknown) => Promise<void>;
}

/** A message that does not fit its contract: no delivery of it ever will. */
export class UnreadableEventError extends Error {
  override readonly name = "UnreadableEventError";
}

/**
 * Says what is done about an event.
 *
 * @param contract The event that is consumed.
 * @param handle Does it, with the transaction's help only: it is undone when anything fails, and run again. Events of
 * one thing come in the order in which its publisher stored them.
 */
export function onEvent<Contract extends EventContract>(
  contract: Contract,
  handle: (transaction: Queryable, event: EventOf<Contract>) => Promise<void>,
): EventHandler {
  const validator = Compile(contract.schema);
  const fits = (payload: unknown): payload is EventOf<Contract> => validator.Check(payload);
  return {
    routingKey: routingKey(contract),
    async handle(transaction, payload) {
      if (!fits(payload)) {
        const [first] = validator.Errors(payload);
        throw new UnreadableEventError(`${routingKey(contract)}, ${first?.instancePath}: ${first?.message}`);
      }
      await handle(transaction, payload);
    },
  };
}

/** An event as it came. */
export interface ReceivedEvent {
  readonly messageId: string;
  readonly routingKey: string;
  /** Publisher and thing, as `order/42`. */
  readonly stream: string;
  /** JSON text. */
  readonly payload: string;
  /** The trace that it belongs to, if it belongs to one. */
  readonly traceparent: string | undefined;
}

/** Everything that a service does about events. */
export interface EventHandlers {
  /** Routing keys of the events that it handles. */
  readonly keys: readonly string[];
  /**
   * Handles an event within a transaction.
   *
   * @throws {UnreadableEventError} when nobody here handles it, or it does not fit its contract.
   */
  handle(transaction: Queryable, event: ReceivedEvent): Promise<void>;
  /** Counts an event whose effect is committed. */
  count(routingKey: string): void;
}

/** Joins a service's handlers, one a routing key. */
export function eventHandlers(
  handlers: readonly EventHandler[],
  metrics: Metrics,
  tracing: Tracing = NO_TRACING,
): EventHandlers {
  const byKey = new Map(handlers.map((handler) => [handler.routingKey, handler]));
  const handled = metrics.counter("inbox_handled_total", "Events that were handled", ["event"]);
  return {
    keys: [...byKey.keys()],
    async handle(transaction, { messageId, routingKey, stream, payload, traceparent }) {
      const handler = byKey.get(routingKey);
      if (handler === undefined) throw new UnreadableEventError(`nobody here handles ${routingKey}`);
      const thing = stream.slice(stream.indexOf("/") + 1);
      const attributes = messageAttributes(routingKey, messageId, thing);
      await within(
        tracing,
        `process ${routingKey}`,
        traceparent,
        { kind: SpanKind.CONSUMER, attributes },
        () => handler.handle(transaction, JSON.parse(payload)),
      );
    },
    count: (event) => handled.inc({ event }),
  };
}
