/** Finds out when the keys of a destination are to expire if its writers do not agree, in Lua. */

/**
 * `promise(stored, hour, start, ttl)` returns what is promised by all writers that are active, in seconds, and what to store of
 * that, or nil to store nothing. 0 is for ever.
 */
export const EXPIRY = /* lua */ `
local function longer(a, b)
  if a == 0 or b == 0 then return 0 end
  return math.max(a, b)
end

-- Stored is an hour, the longest promise of that hour and the longest of the active hour before it: a promise lapses with its
-- writer. If nothing is stored, nobody has ever promised anything but to keep what is there.
local function promise(stored, hour, start, ttl)
  if not stored and ttl == 0 then return 0 end
  local at, now, before = string.match(stored or '', '^(%S+) (%d+) (%d+)$')
  at, now, before = at or start or hour, tonumber(now or start and 0 or ttl), tonumber(before or start and 0 or ttl)
  if at ~= hour then
    before, now = now, ttl
  else
    now = longer(now, ttl)
  end
  return longer(now, before), hour .. ' ' .. now .. ' ' .. before
end

-- What is kept beside the windows expires by itself when nothing is written any more: a key that is missing although something was
-- written within its time is known to be lost.
local function expire_beside(keys, ttl)
  local own = { 10800, 7200, 608400, keys[4] ~= keys[1] and 7200 or nil }
  for i, seconds in ipairs(own) do redis.pcall('EXPIRE', keys[i], ttl > 0 and math.min(ttl, seconds) or seconds) end
end`;
