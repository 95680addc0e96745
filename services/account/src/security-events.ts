import type { SecurityEvent } from "../../chassis/index.ts";

/** What of security happens here, beside what every service refuses. */
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
] as const satisfies readonly SecurityEvent[];
