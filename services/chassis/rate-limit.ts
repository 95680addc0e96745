import { BestEffort } from "./best-effort.ts";
import { Problem } from "./problem.ts";
import type { Redis } from "./redis.ts";
import { redisScript } from "./redis-script.ts";

/** How many requests one unit, such as an address, may make. */
export interface RateLimit {
  /** What callers are told that the limit is for, such as `address`; no two limits have the same name. */
  readonly name: string;
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
}

/** One unit's allowance under one limit. */
export interface Allowance {
  readonly limit: RateLimit;
  /** Who or what is limited, such as an address or an account. */
  readonly unit: string;
}

/** A request is too many. */
export interface Excess {
  readonly limit: RateLimit;
  /** Milliseconds until it would be allowed. */
  readonly waitMs: number;
}

/** Takes one request from each allowance, or from none where one is used up. Made by {@link createRateLimiter}. */
export type RateLimiter = (allowances: readonly Allowance[]) => Promise<Excess | undefined>;

/**
 * Token buckets, each in one number: the time at which the bucket will be full again (GCRA). Taking a token moves that
 * time on by what a token takes to come back; it may not be further away than a whole bucket. Redis's clock is used,
 * so that all replicas agree. Answers the number of the bucket that is empty for longest and the milliseconds until
 * it has a token; both are 0 where a token was taken from each.
 */
const TAKE_TOKENS = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local full, empty, wait = {}, 0, 0
for i, key in ipairs(KEYS) do
  local per_token = 1000 / tonumber(ARGV[2 * i - 1])
  full[i] = math.max(now, tonumber(redis.call('GET', key) or 0)) + per_token
  local excess = full[i] - now - per_token * tonumber(ARGV[2 * i])
  if excess > wait then
    empty, wait = i, excess
  end
end
if empty == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.3f', full[i]), 'PX', math.ceil(full[i] - now))
  end
end
return {empty, math.ceil(wait)}
`);
/** Redis answers within a millisecond; a request does not wait longer than this for permission. */
const DEADLINE_MS = 50;

/**
 * Limits rates over all replicas by Redis. While Redis is away everything is allowed: better a flood now and then
 * than a shop closed because a counter is.
 *
 * @param onUnlimited Called for each request that could not be counted.
 * @returns A limiter that resolves to undefined where the request is allowed.
 */
export function createRateLimiter(redis: Redis, onUnlimited: () => void): RateLimiter {
  const bestEffort = new BestEffort({ deadlineMs: DEADLINE_MS, onMissed: onUnlimited });
  return async (allowances) => {
    const keys = allowances.map(({ limit, unit }) => `rate:${limit.name}:${unit}`);
    const rates = allowances.flatMap(({ limit }) => [limit.perSecond, limit.burst]);
    const answer = await bestEffort.attempt(() => TAKE_TOKENS(redis, keys, ...rates));
    const [empty, waitMs] = Array.isArray(answer) ? answer.map(Number) : [];
    const limit = allowances[Number(empty) - 1]?.limit;
    return limit && { limit, waitMs: Number(waitMs) };
  };
}

/**
 * The headers that tell of a limit (draft-ietf-httpapi-ratelimit-headers-10): how much of it there is in how many
 * seconds, and when there is some again.
 */
const limitHeaders = ({ name, perSecond, burst }: RateLimit, waitMs: number) => ({
  "ratelimit-policy": `"${name}";q=${burst};w=${Math.ceil(burst / perSecond)}`,
  ratelimit: `"${name}";r=0;t=${Math.max(1, Math.ceil(waitMs / 1000))}`,
});

/** One caller sends more than its share. */
export const tooManyRequests = ({ limit, waitMs }: Excess): Problem =>
  new Problem({
    status: 429,
    slug: "too-many-requests",
    title: "Too many requests",
    detail: `Too many requests within the limit "${limit.name}"; the next one is answered in ${Math.ceil(waitMs)} ms`,
    extensions: { limit: limit.name },
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    headers: limitHeaders(limit, waitMs),
    security: "rate-limited",
  });
