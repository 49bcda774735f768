/** Notes a destination in the index of those that exist, in Lua. */

import { NEWS } from '../redis/keys';

/**
 * `note(known, destination, now_ms, ttl, has_news)` returns some members of the index that were noted a while ago, each followed by
 * its time: they may have expired since. If a command is refused, it returns the error, a table with `err`. With `has_news`, a second
 * member of the destination has the time, to the millisecond.
 */
export const NOTE_IN_INDEX = /* lua */ `
local function note(known, destination, now_ms, ttl, has_news)
  local now, left = math.floor(now_ms / 1000), redis.pcall('TTL', known)
  local commands = { { 'ZADD', known, now, destination } }
  if type(left) == 'table' then return left end
  if has_news then
    commands[1] = { 'ZADD', known, now, destination, string.format('%d.%03d', now, now_ms % 1000), '${NEWS}' .. destination }
  end
  if ttl == 0 and left >= 0 then commands[2] = { 'PERSIST', known } end
  if ttl > 0 and left ~= -1 then commands[2] = { 'EXPIRE', known, math.max(left, ttl) } end
  for _, command in ipairs(commands) do
    local done = redis.pcall(unpack(command))
    if type(done) == 'table' then return done end
  end
  local size = redis.pcall('ZCARD', known)
  if type(size) == 'table' then return size end
  -- A place that is as good as random.
  local first = now_ms % 1000003 * 7919 % math.ceil(size / 10) * 10
  local found, old = redis.pcall('ZRANGE', known, first, first + 9, 'WITHSCORES'), {}
  if found.err then return found end
  for i = 1, #found, 2 do
    if (tonumber(found[i + 1]) or now) < now - 2 then
      old[#old + 1] = found[i]
      old[#old + 1] = found[i + 1]
    end
  end
  return old
end`;
