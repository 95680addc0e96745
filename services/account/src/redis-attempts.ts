import { type Redis, redisScript } from "../../chassis/index.ts";
import type { AttemptUnit } from "./attempt-policy.ts";

/**
 * {@link countAttempt} for several units at once, by Redis's clock: nothing is counted where one of them is still
 * blocked. ARGV: free, pause, maxPause and forget of each key. Answers the milliseconds to wait.
 */
const TAKE = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait = 0
for _, key in ipairs(KEYS) do
  wait = math.max(wait, tonumber(redis.call('HGET', key, 'until') or 0) - now)
end
if wait > 0 then
  return math.ceil(wait)
end
for index, key in ipairs(KEYS) do
  local free, pause, longest, forget = unpack(ARGV, index * 4 - 3, index * 4)
  local count = redis.call('HMGET', key, 'level', 'at')
  local passed = math.max(0, now - tonumber(count[2] or 0))
  local level = math.max(0, tonumber(count[1] or 0) - passed / forget) + 1
  local over = level - free
  local blocked = now
  if over > 0 then
    blocked = now + math.min(tonumber(longest), pause * 2 ^ (over - 1))
  end
  redis.call('HSET', key, 'level', string.format('%.6f', level), 'at', now, 'until', string.format('%.0f', blocked))
  redis.call('PEXPIRE', key, math.ceil(math.max(level * forget, blocked - now)))
end
return 0
`);
/** Takes one attempt back that turned out well; whoever waited because of it need not. */
const REFUND = redisScript(`
for _, key in ipairs(KEYS) do
  local level = tonumber(redis.call('HGET', key, 'level') or 0)
  if level > 0 then
    redis.call('HSET', key, 'level', string.format('%.6f', math.max(0, level - 1)), 'until', 0)
  end
end
`);

const keyOf = ({ unit }: AttemptUnit): string => `attempts:${unit}`;

/** Counts attempts in Redis, for all replicas together. */
export class RedisAttempts {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Counts one attempt of all units; answers 0, or the milliseconds to wait, where nothing is counted. */
  async take(units: readonly AttemptUnit[]): Promise<number> {
    const numbers = units.flatMap(({ policy }) => [
      policy.free,
      policy.pause,
      policy.maxPause,
      policy.forget,
    ]);
    return Number(await TAKE(this.#redis, units.map(keyOf), ...numbers));
  }

  /** Takes one attempt of each unit back. */
  async refund(units: readonly AttemptUnit[]): Promise<void> {
    await REFUND(this.#redis, units.map(keyOf));
  }

  /** Forgets units. */
  async clear(units: readonly AttemptUnit[]): Promise<void> {
    if (units.length > 0) await this.#redis.del(units.map(keyOf));
  }
}
