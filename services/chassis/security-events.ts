import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/** What every service refuses by itself. Whoever tries things out causes many of them. */
export const REFUSALS = ["permission-refused", "token-refused", "rate-limited"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What somebody who watches over security wants to hear of. */
export type SecurityEvent =
  | Refusal
  | "registered"
  | "verified"
  | "login"
  | "login-failed"
  | "locked-out"
  | "logout"
  | "logout-everywhere"
  | "refresh-reused"
  | "password-changed"
  | "password-reset-requested"
  | "password-reset"
  | "role-changed"
  | "locked"
  | "unlocked"
  | "deleted"
  | "keys-rotated";

/** What is told of an event. Accounts are named by id: an address of mail is nobody's business in a log. */
export interface SecurityDetails {
  readonly accountId?: string | undefined;
  /** Who did it, where it was somebody else. */
  readonly by?: string;
  readonly sessionId?: string;
  /** Address of the person's computer. */
  readonly address?: string;
  readonly requestId?: string;
  readonly method?: string;
  readonly url?: string;
  /** Why it was refused. */
  readonly reason?: string;
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  /** Whether it was done because a secret had leaked. */
  readonly leaked?: boolean;
}

/** Writes one event to the log, with its name in the field `security`, and counts it. */
export type TellSecurityEvent = (event: SecurityEvent, details?: SecurityDetails) => void;

const WARNINGS: ReadonlySet<SecurityEvent> = new Set(["locked-out", "refresh-reused", "permission-refused"]);
/** Refusals of one kind that are written within a second; all are counted. Else a flood of requests were one of lines. */
const LINES_A_SECOND = 10;

/**
 * Makes the teller of security events.
 *
 * @param events Those that it is used for, which are counted from 0 on.
 * @param now Milliseconds since 1970. Default: `Date.now`.
 */
export function securityEvents(
  log: Logger,
  { securityEvents: counter }: Pick<Metrics, "securityEvents">,
  events: readonly SecurityEvent[],
  now: () => number = Date.now,
): TellSecurityEvent {
  for (const event of events) counter.inc({ event }, 0);
  const isRefusal = (event: SecurityEvent) => REFUSALS.some((refusal) => refusal === event);
  const lines = new Map<SecurityEvent, { second: number; written: number; omitted: number }>();

  /** @returns How many lines were left out before this one; undefined where it is left out itself. */
  const admit = (event: SecurityEvent): number | undefined => {
    const second = Math.floor(now() / 1000);
    const last = lines.get(event);
    if (last === undefined || last.second !== second) {
      lines.set(event, { second, written: 1, omitted: 0 });
      return last?.omitted ?? 0;
    }
    if (last.written++ < LINES_A_SECOND) return 0;
    last.omitted++;
    return undefined;
  };
  return (event, details = {}) => {
    counter.inc({ event });
    const omitted = isRefusal(event) ? admit(event) : 0;
    if (omitted === undefined) return;
    const line = { security: event, ...details, ...(omitted > 0 && { omitted }) };
    log[WARNINGS.has(event) ? "warn" : "info"](line, `security: ${event}`);
  };
}
