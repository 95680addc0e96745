import type { AsyncMessage, Channel, Connection } from "rabbitmq-client";
import type { Logger } from "./log.ts";
import { declareTopology } from "./topology.ts";

/** What is received, and by whom. */
export interface SubscriptionOptions {
  readonly service: string;
  readonly routingKeys: readonly string[];
  readonly receive: (messages: readonly AsyncMessage[]) => Promise<void>;
}

/** A service that receives its events. */
export interface Subscription {
  /** Stops receiving after the messages that are being stored; what came beyond them goes to another replica. */
  close(): Promise<void>;
}

/** Messages that are stored together at the most. */
const PREFETCH = 200;
/** Shortest and longest pause after a failure, in milliseconds. */
const MIN_PAUSE = 100;
const MAX_PAUSE = 5000;

/**
 * Receives a service's events, one batch after the other, so that they are stored in the order of its queue. Where a
 * batch cannot be stored, because the database is away, it is given again after a while: it stays at the broker until
 * then, and nothing overtakes it.
 *
 * It ends with its channel closed, not with its consumer cancelled: the broker then takes all that is not acknowledged
 * back before the next replica gets anything, whereas after a cancellation that one would get later messages first.
 */
export function subscribe(
  connection: Connection,
  { service, routingKeys, receive }: SubscriptionOptions,
  log: Logger,
): Subscription {
  const stopping = Promise.withResolvers<void>();
  let stopped = false;
  let failures = 0;
  const pause = async () => {
    failures += 1;
    const timer = Promise.withResolvers<void>();
    const handle = setTimeout(timer.resolve, Math.min(MIN_PAUSE * 2 ** failures, MAX_PAUSE));
    await Promise.race([timer.promise, stopping.promise]);
    clearTimeout(handle);
  };
  const fail = (error: unknown, what: string) => {
    if (failures === 0 && !stopped) log.warn({ err: error }, `${what}; trying again`);
    return pause();
  };

  /** Receives until the channel is closed or the subscription ends. */
  const receiveFrom = async (channel: Channel): Promise<void> => {
    const { events } = await declareTopology(channel, service, routingKeys);
    await channel.basicQos({ prefetchCount: PREFETCH });
    const waiting: AsyncMessage[] = [];
    let awake = Promise.withResolvers<void>();
    let open = !stopped;
    const end = () => {
      open = false;
      awake.resolve();
    };
    channel.once("close", end);
    channel.once("basic.cancel", end);
    void stopping.promise.then(end);
    await channel.basicConsume({ queue: events }, (message) => {
      waiting.push(message);
      awake.resolve();
    });
    while (open) {
      awake = Promise.withResolvers<void>();
      const batch = waiting.splice(0);
      const last = batch.at(-1);
      if (last === undefined) await awake.promise;
      else if (await stored(batch, () => open)) {
        channel.basicAck({ deliveryTag: last.deliveryTag, multiple: true });
      }
    }
  };

  /** Stores a batch, again and again until it is done; gives up only when the messages are somebody else's. */
  const stored = async (batch: readonly AsyncMessage[], goesOn: () => boolean): Promise<boolean> => {
    while (goesOn()) {
      try {
        await receive(batch);
        failures = 0;
        return true;
      } catch (error) {
        await fail(error, "events cannot be stored");
      }
    }
    return false;
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      let channel: Channel | undefined;
      try {
        channel = await connection.acquire();
        await receiveFrom(channel);
      } catch (error) {
        await fail(error, "receiving events failed");
      } finally {
        await channel?.close().catch(() => undefined);
      }
    }
  };
  const ended = run();
  return {
    async close() {
      stopped = true;
      stopping.resolve();
      await ended;
    },
  };
}
