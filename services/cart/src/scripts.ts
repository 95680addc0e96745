import { redisScript } from "../../chassis/index.ts";

/**
 * The changes of a cart: a hash of quantities by SKU. Each is one script, so that its limits are checked and its
 * life is renewed in the same moment, and a failover keeps all of it or nothing.
 */

/**
 * KEYS: cart. ARGV: SKU, quantity, most lines, seconds to live of a new cart and of one that was there before, and 1 where
 * no cart may be made. Answers the lines; 0 where there is no cart, nothing where there is no room.
 */
export const SET_LINE = redisScript(`
local was_there = redis.call('EXISTS', KEYS[1]) == 1
if not was_there and ARGV[6] == '1' then
  return 0
end
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then
  return false
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], was_there and ARGV[5] or ARGV[4])
return redis.call('HGETALL', KEYS[1])
`);

/** KEYS: cart. ARGV: SKU, seconds to live. Answers the lines. */
export const REMOVE_LINE = redisScript(`
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('HGETALL', KEYS[1])
`);

/**
 * KEYS: the cart that takes, the cart that gives. ARGV: most lines, most pieces of a line, seconds to live. Adds the
 * lines of the second to those of the first and removes the second, so that nothing is added twice. Answers whether
 * there was anything to merge, and what found no room.
 */
export const MERGE = redisScript(`
local given = redis.call('HGETALL', KEYS[2])
if #given == 0 then
  return {0, {}}
end
local left_out = {}
for i = 1, #given, 2 do
  local sku, more = given[i], tonumber(given[i + 1])
  local has = tonumber(redis.call('HGET', KEYS[1], sku) or 0)
  local room = 0
  if has > 0 or redis.call('HLEN', KEYS[1]) < tonumber(ARGV[1]) then
    room = math.max(0, tonumber(ARGV[2]) - has)
  end
  local taken = math.min(more, room)
  if taken > 0 then
    redis.call('HSET', KEYS[1], sku, has + taken)
  end
  if more > taken then
    table.insert(left_out, sku)
    table.insert(left_out, tostring(more - taken))
  end
end
redis.call('DEL', KEYS[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return {1, left_out}
`);
