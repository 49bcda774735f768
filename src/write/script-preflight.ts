/** Refuses a batch before its first write if a later command would fail, in Lua: a script is not rolled back. */

/**
 * `preflight(writers, common, changes_windows, scratch, ttl)` returns the error that the script is to end with, or nil. If a
 * scratch key is given, commands are tried on it, where errors of any other kind mean nothing.
 */
export const PREFLIGHT = /* lua */ `
-- A cluster slot that is being moved has no room for keys that do not exist, and rotation deletes and creates keys.
local function find_moving_slot(common, none, nothing)
  local found = redis.pcall('EXISTS', none, nothing)
  if type(found) == 'table' and string.find(found.err, 'non local key') then
    return redis.error_reply('TRYAGAIN the slot of ' .. common .. ' is being moved')
  end
end

local function find_forbidden_command(ttl, scratch)
  local attempts = {
    { 'UNLINK', scratch }, { 'HSET', scratch, 'a', 'b' }, { 'HGETALL', scratch }, { 'HDEL', scratch, 'a' },
    { 'SET', scratch, '' }, { 'RENAME', scratch, scratch }, { 'UNLINK', scratch }, { 'LPUSH', scratch, '' },
    { 'LTRIM', scratch, 1, 0 }, { 'INCRBY', scratch, 1 }, { 'UNLINK', scratch }, { 'ZINCRBY', scratch, 1, 'a' },
    { 'ZSCORE', scratch, 'a' }, { 'ZCARD', scratch }, { 'ZREM', scratch, 'b' }, { 'ZPOPMIN', scratch, 1 },
  }
  if ttl > 0 then attempts[#attempts + 1] = { 'EXPIRE', scratch, ttl } end
  for _, attempt in ipairs(attempts) do
    local reply = redis.pcall(unpack(attempt))
    local refusal = type(reply) == 'table' and reply.err or ''
    if string.find(refusal, "user executing the script can't run") or string.find(refusal, 'ACL failure in script') then
      redis.pcall('UNLINK', scratch)
      return redis.error_reply('NOPERM this user may not run ' .. attempt[1])
    end
  end
end

local function preflight(writers, common, changes_windows, scratch, ttl)
  return changes_windows and find_moving_slot(common, writers .. ':none', writers .. ':nothing')
    or scratch and find_forbidden_command(ttl, scratch)
end`;
