/** Refuses a batch before its first write if a later command would fail, in Lua: a script is not rolled back. */

/**
 * `wrong_type(key, expected, reply)` is the error that names a key of another type; that of the reply, if it is about something else.
 * `preflight(scratch)` returns the error that the script is to end with, or nil. It tries every command that the script may
 * come to on a key of its own, where none of them can fail but for a refusal.
 */
export const PREFLIGHT = /* lua */ `
local function wrong_type(key, expected, reply)
  local found = redis.call('TYPE', key).ok
  if found == expected or found == 'none' then return reply end
  return redis.error_reply('WRONGTYPE ' .. key .. ' holds a ' .. found .. ', expected a ' .. expected)
end

-- Errors that pass by themselves keep their code. Any other means that the command is not permitted, renamed or disabled, in
-- words that differ from server to server.
local function refuse(command, refusal)
  for code in string.gmatch('OOM READONLY MISCONF NOREPLICAS MASTERDOWN LOADING BUSY CLUSTERDOWN TRYAGAIN', '%S+') do
    local first = string.find(' ' .. refusal, '[ -]' .. code .. ' ')
    if first then return redis.error_reply(string.sub(refusal, first)) end
  end
  if string.find(refusal, 'non local key') then return redis.error_reply('TRYAGAIN the slot is being moved') end
  return redis.error_reply('NOPERM this user may not run ' .. command .. ', or it is renamed or disabled')
end

-- A server without memory refuses only commands that come before the first write: that must be one that needs memory.
local function preflight(scratch)
  local attempts = {
    { 'SET', scratch, '' }, { 'RENAME', scratch, scratch }, { 'TTL', scratch }, { 'PERSIST', scratch },
    { 'UNLINK', scratch }, { 'EXISTS', scratch }, { 'HSET', scratch, 'a', 'b' }, { 'HSCAN', scratch, 0, 'COUNT', 1 },
    { 'HDEL', scratch, 'a' }, { 'LPUSH', scratch, '' }, { 'LTRIM', scratch, 1, 0 },
    { 'INCRBY', scratch, 1 }, { 'UNLINK', scratch }, { 'ZINCRBY', scratch, 1, 'a' }, { 'ZSCORE', scratch, 'a' },
    { 'ZCARD', scratch }, { 'EXPIRE', scratch, 60 },
    { 'ZREM', scratch, 'b' }, { 'ZPOPMIN', scratch, 1 },
  }
  for _, attempt in ipairs(attempts) do
    local reply = redis.pcall(unpack(attempt))
    if type(reply) == 'table' and reply.err then
      redis.pcall('UNLINK', scratch)
      return refuse(attempt[1], reply.err)
    end
  end
end`;
