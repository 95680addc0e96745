import { type Scope, series } from "../scope.ts";
import { type Dashboard, lines, number, type Panel, query } from "./model.ts";

/** Who tries to get in, what is refused, and what changes about accounts. Lines of each are had by `npm run logs`. */
export function securityDashboard(scope: Scope): Dashboard {
  const of = (events: string) => series("security_events_total", scope, `event=~"${events}"`);
  const lastHour = (title: string, events: string): Panel =>
    number(title, "short", `sum(increase(${of(events)}[1h]))`);
  const each = (title: string, events: readonly string[]): Panel =>
    lines(title, "short", [query("{{event}}", `sum by (event) (increase(${of(events.join("|"))}[5m]))`)]);
  const byService = (title: string, event: string): Panel =>
    lines(title, "short", [query("{{job}}", `sum by (job) (increase(${of(event)}[5m]))`)]);
  return {
    uid: "tradestack-security",
    title: "Security",
    rows: [
      {
        title: "Last hour",
        panels: [
          lastHour("Failed logins", "login-failed"),
          lastHour("Locked out", "locked-out"),
          lastHour("Permissions refused", "permission-refused"),
          lastHour("Tokens refused", "token-refused"),
          lastHour("Too many requests", "rate-limited"),
          lastHour("Stolen sessions", "refresh-reused"),
        ],
      },
      {
        title: "Getting in, each five minutes",
        panels: [
          each("Logins", ["login", "login-failed", "locked-out", "registered"]),
          each("Sessions", ["logout", "logout-everywhere", "refresh-reused"]),
        ],
      },
      {
        title: "Refused, each five minutes",
        panels: [
          byService("Permissions", "permission-refused"),
          byService("Tokens", "token-refused"),
          byService("Too many requests", "rate-limited"),
        ],
      },
      {
        title: "Changes of accounts, each five minutes",
        panels: [
          each("Passwords", ["password-changed", "password-reset-requested", "password-reset", "verified"]),
          each("Rights", ["role-changed", "locked", "unlocked", "deleted"]),
          each("Signing keys", ["keys-rotated"]),
        ],
      },
    ],
  };
}
