import type { Channel, SyncMessage } from "rabbitmq-client";
import type { Broker } from "./broker.ts";
import { type DeadLetterInfo, readDeadLetter, redrivenHeaders } from "./dead-letter.ts";
import { declareTopology, type ServiceTopology } from "./topology.ts";

/** What is done with a dead letter: shown, sent back to be handled again, or sent back to be forgotten. */
export type RedriveAction = "list" | "redrive" | "discard";

/** Which dead letters, and what is done with them. */
export interface RedriveRequest {
  readonly service: string;
  readonly action: RedriveAction;
  /** Only the one with this id; all of them where it is not said. */
  readonly messageId?: string | undefined;
}

/**
 * Looks through a service's dead letters, the oldest first, and sends back those that are asked for. One that is sent
 * back is removed only when the broker has confirmed that it is in the service's queue: a crash in between leaves it in
 * both places, and the service handles it once. All others stay as they are.
 *
 * @returns Those that were asked for.
 */
export function redrive(
  broker: Pick<Broker, "channel">,
  { service, action, messageId }: RedriveRequest,
): Promise<DeadLetterInfo[]> {
  return broker.channel(async (channel) => {
    const topology = await declareTopology(channel, service);
    await channel.confirmSelect();
    const { messageCount } = await channel.queueDeclare({ queue: topology.deadLetters, passive: true });
    const chosen: DeadLetterInfo[] = [];
    let last: SyncMessage | undefined;
    // No more than there were, so that letters that come meanwhile do not keep it busy for ever.
    for (let seen = 0; seen < messageCount; seen++) {
      const message = await channel.basicGet({ queue: topology.deadLetters });
      if (message === undefined) break;
      last = message;
      if (messageId !== undefined && message.messageId !== messageId) continue;
      chosen.push(readDeadLetter(message));
      if (action !== "list") await sendBack(channel, topology, message, action === "discard");
    }
    // All that was not acknowledged goes back to its place.
    if (last !== undefined)
      channel.basicNack({ deliveryTag: last.deliveryTag, multiple: true, requeue: true });
    return chosen;
  });
}

async function sendBack(
  channel: Channel,
  { redriven }: ServiceTopology,
  message: SyncMessage,
  discard: boolean,
): Promise<void> {
  const { messageId, type, appId, contentType, headers = {}, body } = message;
  const envelope = {
    exchange: redriven,
    routingKey: "",
    ...(messageId !== undefined && { messageId }),
    ...(type !== undefined && { type }),
    ...(appId !== undefined && { appId }),
    ...(contentType !== undefined && { contentType }),
    headers: redrivenHeaders(headers, discard),
    durable: true,
  };
  await channel.basicPublish(envelope, Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));
  channel.basicAck({ deliveryTag: message.deliveryTag });
}
