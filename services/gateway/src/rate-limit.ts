import { createHash } from "node:crypto";
import { BestEffort } from "../../chassis/best-effort.ts";
import type { Redis } from "../../chassis/redis.ts";

/** How many requests one unit, such as an address, may make. */
export interface RateLimit {
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
}

/** Takes one request from a unit's allowance. Made by {@link createRateLimiter}. */
export type RateLimiter = (unit: string) => Promise<number>;

/**
 * A token bucket in one number: the time at which the bucket will be full again (GCRA). Taking a token moves that
 * time on by what a token takes to come back; it may not be further away than a whole bucket. Redis's clock is used,
 * so that all replicas agree. Answers 0, or the milliseconds until there is a token.
 */
const TAKE_TOKEN = `
local per_token = 1000 / tonumber(ARGV[1])
local bucket = per_token * tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0)) + per_token
if full - now > bucket then
  return math.ceil(full - now - bucket)
end
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil(full - now))
return 0
`;
const SCRIPT_ID = createHash("sha1").update(TAKE_TOKEN).digest("hex");
/** Redis answers within a millisecond; a request does not wait longer than this for permission. */
const DEADLINE_MS = 50;

/**
 * Limits rates over all replicas by Redis. While Redis is away everything is allowed: better a flood now and then
 * than a shop closed because a counter is.
 *
 * @param onUnlimited Called for each request that could not be counted.
 * @returns A limiter that resolves to 0 where the request is allowed, else to the milliseconds until it would be.
 */
export function createRateLimiter(redis: Redis, limit: RateLimit, onUnlimited: () => void): RateLimiter {
  const bestEffort = new BestEffort({ deadlineMs: DEADLINE_MS, onMissed: onUnlimited });
  const arguments_ = [limit.perSecond, limit.burst] as const;
  const takeToken = async (unit: string): Promise<unknown> => {
    const key = `rate:${unit}`;
    try {
      return await redis.evalsha(SCRIPT_ID, 1, key, ...arguments_);
    } catch (error) {
      // A Redis that was restarted, or is a new primary, has not seen the script yet.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return redis.eval(TAKE_TOKEN, 1, key, ...arguments_);
    }
  };
  return async (unit) => Number((await bestEffort.attempt(() => takeToken(unit))) ?? 0);
}
