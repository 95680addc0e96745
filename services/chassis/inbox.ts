import { type AsyncMessage, ConsumerStatus } from "rabbitmq-client";
import { Compile } from "typebox/compile";
import { type EventContract, type EventOf, routingKey } from "../contracts/event.ts";
import { type Database, type Queryable, statement } from "./database.ts";
import type { Logger } from "./log.ts";

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
 * @param handle Does it, with the transaction's help only: it is undone when anything fails, and run again.
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

const REMEMBER = statement<{ message_id: string }>(
  "inbox-remember",
  `INSERT INTO inbox (message_id, routing_key) VALUES ($1, $2)
   ON CONFLICT DO NOTHING RETURNING message_id`,
);

/** Pause before a failed message goes back to its queue, in milliseconds. */
const BACKOFF = 500;

/**
 * Makes the consumer's side of exactly-once: the message id and the handler's effect are stored in one
 * transaction, so that a second delivery finds the id and does nothing.
 *
 * @param handlers What to do, one handler a routing key.
 * @returns What becomes of a message: acknowledged, delivered again, or refused to the dead letters.
 */
export function inbox(
  database: Database,
  handlers: readonly EventHandler[],
  log: Logger,
): (message: AsyncMessage) => Promise<ConsumerStatus> {
  const byKey = new Map(handlers.map((handler) => [handler.routingKey, handler]));
  return async (message) => {
    const { messageId, routingKey: key } = message;
    const handler = byKey.get(key);
    if (messageId === undefined || handler === undefined) {
      log.error({ messageId, routingKey: key }, "a message without id or handler goes to the dead letters");
      return ConsumerStatus.DROP;
    }
    try {
      await database.transaction(async (transaction) => {
        const first = await transaction.query(REMEMBER, [messageId, key]);
        if (first.length > 0) await handler.handle(transaction, message.body);
      });
      return ConsumerStatus.ACK;
    } catch (error) {
      if (error instanceof UnreadableEventError) {
        log.error({ err: error, messageId }, "an unreadable message goes to the dead letters");
        return ConsumerStatus.DROP;
      }
      log.warn(
        { err: error, messageId, routingKey: key },
        "handling a message failed; it is delivered again",
      );
      await new Promise((resolve) => setTimeout(resolve, BACKOFF));
      return ConsumerStatus.REQUEUE;
    }
  };
}

/** No broker delivers a message again after so long, in days. */
const REMEMBERED_DAYS = 14;

const FORGET = statement(
  "inbox-forget",
  "DELETE FROM inbox WHERE received_at < now() - make_interval(days => $1)",
);

/** Removes the ids of messages that cannot come again. */
export const forgetOldMessages = async (database: Queryable): Promise<void> => {
  await database.query(FORGET, [REMEMBERED_DAYS]);
};
