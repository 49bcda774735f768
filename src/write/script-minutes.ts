/** Keeps the log calls of each minute of both windows, in Lua. */

/**
 * `tend_minutes(memory)` notes from which minute on they are complete, and forgets those that have left both windows.
 * `complete_since(memory)` is the minute from which on everything is known if nothing is kept yet.
 */
export const MINUTES = /* lua */ `
local function oldest_minute(memory)
  local oldest = memory.minute
  for _, group in ipairs(memory.groups) do
    for _, time in ipairs(group.times or { { group.minute } }) do oldest = math.min(oldest, time[1]) end
  end
  return oldest
end

-- What is missing is complete only from now on, unless the hours tell that nothing was logged before.
local function complete_since(memory)
  local begin = memory.hour * 60
  if memory.is_born then return oldest_minute(memory) end
  if not memory.rotates or memory.start > memory.to_hour(memory.now) then return memory.minute end
  return memory.start == memory.to_hour(memory.now - 3600) and begin or begin - 60
end

local function tend_minutes(memory)
  local since = tonumber(redis.call('ZSCORE', memory.minutes, 'since'))
  if not since or since > memory.hour * 60 + 60 then
    redis.call('ZREM', memory.minutes, 'since')
    redis.call('ZINCRBY', memory.minutes, complete_since(memory), 'since')
  end
  if redis.call('ZCARD', memory.minutes) <= 150 then return end
  local gone, members = {}, redis.pcall('ZRANGE', memory.minutes, 0, -1)
  for _, member in ipairs(members.err and {} or members) do
    local minute = tonumber(member)
    if minute and minute < memory.hour * 60 - 60 then gone[#gone + 1] = member end
  end
  if #gone > 0 then redis.call('ZREM', memory.minutes, unpack(gone)) end
end`;
