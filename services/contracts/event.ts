import type { Static, TObject } from "typebox";

/**
 * An event that crosses a service's border. Its name and version are its routing key (`order.paid.v1`); a change
 * that breaks readers is a new version beside the old one.
 */
export interface EventContract<Schema extends TObject = TObject> {
  /** What happened, in the past tense: `order.paid`. */
  readonly name: string;
  /** Whole number from 1. */
  readonly version: number;
  /** Shape of the payload; publisher and consumer both check it. */
  readonly schema: Schema;
}

/** The payload type of an event contract. */
export type EventOf<Contract extends EventContract> = Static<Contract["schema"]>;

/** The routing key on the exchange, which is also the message's `type`: `order.paid.v1`. */
export const routingKey = (event: EventContract): string => `${event.name}.v${event.version}`;

/** Names a contract so that its payload type is kept. */
export const defineEvent = <Schema extends TObject>(contract: EventContract<Schema>): EventContract<Schema> =>
  Object.freeze(contract);
