import { hash } from "node:crypto";

/** How failed attempts of one unit, such as an address, slow down the next ones. */
export interface AttemptPolicy {
  /** So many failures cost nothing. */
  readonly free: number;
  /** Pause after the next one in milliseconds; it doubles with each further. */
  readonly pause: number;
  /** Longest pause in milliseconds. */
  readonly maxPause: number;
  /** One failure is forgotten each so many milliseconds. */
  readonly forget: number;
}

/** What is remembered of a unit. Times are milliseconds since 1970. */
export interface AttemptCount {
  /** Failures that are not yet forgotten. */
  readonly level: number;
  readonly countedAt: number;
  readonly blockedUntil: number;
}

/** The count after one more attempt at `now`, which was allowed. */
export function countAttempt(
  { level, countedAt }: AttemptCount,
  policy: AttemptPolicy,
  now: number,
): AttemptCount {
  const kept = Math.max(0, level - Math.max(0, now - countedAt) / policy.forget);
  const next = kept + 1;
  const over = next - policy.free;
  const pause = over > 0 ? Math.min(policy.maxPause, policy.pause * 2 ** (over - 1)) : 0;
  return { level: next, countedAt: now, blockedUntil: now + pause };
}

/** A unit that has not been counted yet. */
export const NO_ATTEMPTS: AttemptCount = { level: 0, countedAt: 0, blockedUntil: 0 };

/** One thing that attempts are counted for. Made by {@link attemptUnit}. */
export interface AttemptUnit {
  readonly unit: string;
  readonly policy: AttemptPolicy;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** An account, by any device that has never logged in to it: at most about 100 guesses a day, wherever from. */
export const ACCOUNT_POLICY: AttemptPolicy = {
  free: 10,
  pause: 30 * SECOND,
  maxPause: 15 * MINUTE,
  forget: 15 * MINUTE,
};
/** A device that has logged in to the account before: its owner, who is not to suffer from what others try. */
export const DEVICE_POLICY: AttemptPolicy = ACCOUNT_POLICY;
/** An address: many people may share one, so it is given more, and it never waits long. */
export const ADDRESS_POLICY: AttemptPolicy = {
  free: 50,
  pause: SECOND,
  maxPause: MINUTE,
  forget: 10 * SECOND,
};

const POLICIES = {
  account: ACCOUNT_POLICY,
  caller: ACCOUNT_POLICY,
  device: DEVICE_POLICY,
  address: ADDRESS_POLICY,
};

/**
 * What attempts are counted for, by a digest: nobody can read from the counts who tried what.
 *
 * @param kind `account`: by e-mail address, whether or not it has an account; `caller`: somebody who is logged in, by
 * id; `device`: one that has logged in before, by name; `address`: a computer or network.
 */
export const attemptUnit = (kind: keyof typeof POLICIES, value: string): AttemptUnit => ({
  unit: `${kind}:${hash("sha256", value, "base64url")}`,
  policy: POLICIES[kind],
});
