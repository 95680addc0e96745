import type { Logger, Metrics } from "../../chassis/index.ts";

/** What somebody who watches over security wants to hear of. */
export const SECURITY_EVENTS = [
  "registered",
  "verified",
  "login",
  "login-failed",
  "locked-out",
  "logout",
  "logout-everywhere",
  "refresh-reused",
  "password-changed",
  "password-reset-requested",
  "password-reset",
  "role-changed",
  "locked",
  "unlocked",
  "deleted",
  "keys-rotated",
] as const;
export type SecurityEvent = (typeof SECURITY_EVENTS)[number];

/** What is told of an event. Accounts are named by id: an address is nobody's business in a log. */
export interface SecurityDetails {
  readonly accountId?: string | undefined;
  /** Who did it, where it was somebody else. */
  readonly by?: string;
  readonly sessionId?: string;
  readonly address?: string;
  readonly requestId?: string;
  readonly from?: readonly string[];
  readonly to?: readonly string[];
}

/** Writes one event to the log and counts it. */
export type TellSecurityEvent = (event: SecurityEvent, details?: SecurityDetails) => void;

const WARNINGS: ReadonlySet<SecurityEvent> = new Set(["locked-out", "refresh-reused"]);

/** Makes the teller of security events. */
export function securityEvents(log: Logger, metrics: Metrics): TellSecurityEvent {
  const counter = metrics.counter("account_security_events_total", "Security events by kind", ["event"]);
  for (const event of SECURITY_EVENTS) counter.inc({ event }, 0);
  return (event, details = {}) => {
    counter.inc({ event });
    log[WARNINGS.has(event) ? "warn" : "info"]({ event, ...details }, `security: ${event}`);
  };
}
