import { createHash } from "node:crypto";
import type { Redis } from "./redis.ts";

/** Runs a Lua script on keys with arguments. Made by {@link redisScript}. */
export type RedisScript = (
  redis: Redis,
  keys: readonly string[],
  ...values: readonly (string | number)[]
) => Promise<unknown>;

/**
 * Names a Lua script, so that its text is sent to a server only once. Redis runs it whole or not at all, and nothing
 * else meanwhile.
 *
 * @param lua Its text, with `KEYS` and `ARGV`.
 */
export function redisScript(lua: string): RedisScript {
  const id = createHash("sha1").update(lua).digest("hex");
  return async (redis, keys, ...values) => {
    try {
      return await redis.evalsha(id, keys.length, ...keys, ...values);
    } catch (error) {
      // A Redis that was restarted, or is a new primary, has not seen the script yet.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return redis.eval(lua, keys.length, ...keys, ...values);
    }
  };
}
