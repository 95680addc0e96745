import type { AsyncMessage, SyncMessage } from "rabbitmq-client";
import type { Failure } from "./failure.ts";

const HEADERS = {
  kind: "dead-kind",
  detail: "dead-detail",
  attempts: "dead-attempts",
  at: "dead-at",
  /** Tells the service that the message is to be forgotten, so that later ones of the same thing go on. */
  discard: "discard",
} as const;

/** What is known of a dead letter. Names no payload: that may be personal. */
export interface DeadLetterInfo {
  readonly messageId: string | undefined;
  /** Such as `order.paid.v1`. */
  readonly event: string;
  readonly publisher: string | undefined;
  readonly aggregateId: string | undefined;
  readonly failure: Failure;
  readonly attempts: number;
  /** When it was given up; undefined where the broker did so. */
  readonly diedAt: string | undefined;
}

type Headers = Readonly<Record<string, unknown>>;

/** Headers of a message that its reader keeps: plain texts and numbers. */
function plain(headers: Headers): Record<string, string | number> {
  const own = Object.values<string>(HEADERS);
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (own.includes(name) || name.startsWith("x-")) continue;
    if (typeof value === "string" || typeof value === "number") kept[name] = value;
  }
  return kept;
}

/** Headers of a dead letter: the message's own and the reason. */
export const deadLetterHeaders = (
  headers: Headers,
  { failure, attempts }: { readonly failure: Failure; readonly attempts: number },
): Record<string, string | number> => ({
  ...plain(headers),
  [HEADERS.kind]: failure.kind,
  [HEADERS.detail]: failure.detail,
  [HEADERS.attempts]: attempts,
  [HEADERS.at]: new Date().toISOString(),
});

/** Headers of a dead letter that is sent back to its service. */
export const redrivenHeaders = (headers: Headers, discard: boolean): Record<string, string | number> => ({
  ...plain(headers),
  ...(discard && { [HEADERS.discard]: "true" }),
});

/** Whether somebody wants a message to be forgotten. */
export const isDiscarded = ({ headers = {} }: Pick<AsyncMessage, "headers">): boolean =>
  headers[HEADERS.discard] === "true";

/** What a message in the dead letters tells of itself. */
export function readDeadLetter({
  messageId,
  type,
  routingKey,
  appId,
  headers = {},
}: SyncMessage): DeadLetterInfo {
  const textOf = (name: string): string | undefined => {
    const value: unknown = headers[name];
    return typeof value === "string" ? value : undefined;
  };
  const attempts: unknown = headers[HEADERS.attempts];
  return {
    messageId,
    event: type ?? routingKey,
    publisher: appId,
    aggregateId: textOf("aggregate-id"),
    failure: {
      kind: textOf(HEADERS.kind) ?? "unknown",
      detail: textOf(HEADERS.detail) ?? "the broker has thrown it out",
    },
    attempts: typeof attempts === "number" ? attempts : 0,
    diedAt: textOf(HEADERS.at),
  };
}
