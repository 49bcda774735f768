/** Keeps the minutes of a message in a text, in Lua: how often it was logged in each minute of this hour and of the one before. */

/**
 * `read_pulse(text)` and `pulse_text(pulse)`: a pulse has `open`, the last minute in which the message was touched; `base`, the
 * count of its hour without that minute, so that the rest is of that minute; `since`, the minute from which on it is complete;
 * the closed minutes of the hour of `open` and of the hour `before` it, each a letter with a count; `returned`, the minute in
 * which it came back after an hour without it, and `gap`, how many hours later than before.
 * `touch(pulse, group, before, calls, closed_hour)` counts calls of a group, where `before` is the count of the hour without them, and
 * `closed_hour()` the count of the hour before, nil if it is not known. `open_next(text, minute, before)` does the same to a text for
 * the calls of a later minute of its hour.
 */
export const PULSE = /* lua */ `
local function read_pulse(text)
  local open, base, since, now, before, returned, gap =
    string.match(text, '^(%d+) (%d+) (%d+) (%S*) (%S*) (%d+) (%d+)$')
  if not open then return end
  return {
    open = tonumber(open), base = tonumber(base), since = tonumber(since), now = now, before = before,
    returned = tonumber(returned), gap = tonumber(gap),
  }
end

local function pulse_text(pulse)
  return string.format('%d %d %d %s %s %d %d', pulse.open, pulse.base, pulse.since, pulse.now, pulse.before,
    pulse.returned, pulse.gap)
end

local function add_minute(closed, minute, calls)
  if calls <= 0 then return closed end
  local letter = string.char(65 + minute % 60)
  local at = string.find(closed, letter, 1, true)
  if not at then return closed .. letter .. string.format('%d', calls) end
  local digits = string.match(closed, '^%d+', at + 1)
  local sum = string.format('%d', digits + calls)
  return string.sub(closed, 1, at) .. sum .. string.sub(closed, at + 1 + #digits)
end

-- Closes the open minute, and opens another.
local function open_minute(pulse, minute, before, closed_hour)
  local hours = math.floor(minute / 60) - math.floor(pulse.open / 60)
  local counted = hours == 0 and before or hours == 1 and closed_hour()
  if counted and counted >= pulse.base then
    pulse.now = add_minute(pulse.now, pulse.open, counted - pulse.base)
  else
    pulse.since = math.max(pulse.since, pulse.open + 1)
  end
  if hours > 0 then pulse.now, pulse.before = '', hours == 1 and pulse.now or '' end
  pulse.open, pulse.base = minute, before
end

-- Most often the next minute of the same hour is opened: nil if it is not so.
local function open_next(text, minute, before)
  local open, base, since, now, rest = string.match(text, '^(%d+) (%d+) (%d+) (%S*)( .*)$')
  if not open or minute <= tonumber(open) or minute - minute % 60 > tonumber(open) then return end
  local calls, letter = before - base, string.char(65 + open % 60)
  if calls < 0 or string.find(now, letter, 1, true) then return end
  if calls > 0 then now = now .. letter .. string.format('%d', calls) end
  return string.format('%d %d %s %s%s', minute, before, since, now, rest)
end

-- Of a group of several minutes it is not known when each message was logged: nothing is known up to its end.
local function touch(pulse, group, before, calls, closed_hour)
  local minute = group.minute
  local hours = math.floor(minute / 60) - math.floor(pulse.open / 60)
  if hours > 0 or (minute > pulse.open and not group.minutes) then open_minute(pulse, minute, before, closed_hour) end
  local is_closed = minute < pulse.open or group.minutes
  if is_closed and hours >= 0 then pulse.base = pulse.base + calls end
  if group.minutes then
    pulse.since = math.max(pulse.since, minute + 1)
  elseif minute < pulse.open and hours == 0 then
    pulse.now = add_minute(pulse.now, minute, calls)
  elseif hours == -1 then
    pulse.before = add_minute(pulse.before, minute, calls)
  end
end`;
