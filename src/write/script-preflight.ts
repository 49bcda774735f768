/**
 * Ends the script, before it has written anything, where it could not be carried out to its end. It needs what WRITE has at
 * hand. A server that refuses keys which were not declared is not asked.
 */
export const ASSERT_POSSIBLE = /* lua */ `
-- Nobody has these two keys.
local none, nothing = writers .. ':none', writers .. ':nothing'

-- A cluster slot that is being moved has no room for keys that are not there, and rotation removes and makes some.
if rotates or pstart_then ~= pstart then
  local found = redis.pcall('EXISTS', none, nothing)
  if type(found) == 'table' and string.find(found.err, 'non local key') then
    return redis.error_reply('TRYAGAIN the slot of ' .. common .. ' is being moved')
  end
end

if asks_first then
  local attempts = {
    { 'UNLINK', none }, { 'HSET', none, 'a', 'b' }, { 'HGETALL', none }, { 'HDEL', none, 'a' }, { 'SET', none, '' },
    { 'RENAME', none, nothing }, { 'UNLINK', nothing }, { 'LPUSH', none, '' }, { 'LTRIM', none, 1, 0 },
    { 'INCRBY', none, 1 }, { 'UNLINK', none }, { 'ZINCRBY', none, 1, 'a' }, { 'ZSCORE', none, 'a' }, { 'ZCARD', none },
    { 'ZREM', none, 'b' }, { 'ZPOPMIN', none, 1 },
  }
  if ttl > 0 then attempts[#attempts + 1] = { 'EXPIRE', none, ttl } end
  for _, attempt in ipairs(attempts) do
    local reply = redis.pcall(unpack(attempt))
    local refusal = type(reply) == 'table' and reply.err or ''
    if string.find(refusal, "user executing the script can't run") or string.find(refusal, 'ACL failure in script') then
      redis.pcall('UNLINK', none)
      return redis.error_reply('NOPERM this user may not run ' .. attempt[1])
    end
  end
end`;
