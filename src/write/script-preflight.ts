/** Refuses a batch before its first write if a later command would fail, in Lua: a script is not rolled back. */

/**
 * `preflight(writers, common, changes_windows, asks_first, ttl)` returns the error that the script is to end with, or nil.
 * It tries commands on two keys that nobody has. Any other error there means nothing: some servers refuse undeclared keys.
 */
export const PREFLIGHT = /* lua */ `
-- A cluster slot that is being moved has no room for keys that do not exist, and rotation deletes and creates keys.
local function find_moving_slot(common, none, nothing)
  local found = redis.pcall('EXISTS', none, nothing)
  if type(found) == 'table' and string.find(found.err, 'non local key') then
    return redis.error_reply('TRYAGAIN the slot of ' .. common .. ' is being moved')
  end
end

local function find_forbidden_command(ttl, none, nothing)
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
end

local function preflight(writers, common, changes_windows, asks_first, ttl)
  local none, nothing = writers .. ':none', writers .. ':nothing'
  return changes_windows and find_moving_slot(common, none, nothing)
    or asks_first and find_forbidden_command(ttl, none, nothing)
end`;
