/** Remembers messages beside their counts, in Lua: their minutes, when they were seen, and a line of each. */

import { OTHER, SEEN_HOURS } from '../redis/keys';
import { MINUTES } from './script-minutes';
import { PULSE } from './script-pulse';
import { SEEN, SEEN_SECONDS } from './script-seen';

/** Most messages whose minutes are kept. */
export const MAX_PULSES = 2000;
/** Most messages of which a line is kept. */
export const MAX_SAMPLES = 500;

/**
 * `remember(memory, args, group, totals, gone)` notes the flagged messages of a group that was counted; `totals` are their
 * counts in its hour by now, false for those that went to `<other>`, and `gone` the messages that made room. Memory has the
 * keys, the time as `now`, `now_ms`, `minute` and `hour`, which is that of `common`, `start` and whether it `rotates`,
 * `pstart` by now, the `groups`, whether the destination `is_born`, the key of its `writers`, the version of the `rules`, and
 * `to_hour()`. Errors of Redis do not end it: a batch is not held up by what is kept beside it.
 */
export const MEMORY = /* lua */ `
${MINUTES}
${PULSE}
${SEEN}

-- The field that no message can be, since it is no UTF-8, has since when a key is complete and how many messages it holds.
local function forget(key, messages, about, since, size)
  local gone = redis.pcall('HDEL', key, unpack(messages))
  if type(gone) ~= 'number' or gone == 0 then return size end
  redis.pcall('HSET', key, about, since .. ' ' .. size - gone)
  return size - gone
end

local function forget_pulses(memory, messages)
  if #messages == 0 then return end
  local found = redis.pcall('HMGET', memory.pulse, '\\255')
  local since, size = string.match(not found.err and found[1] or '', '^(%d+) (%d+)$')
  if since then forget(memory.pulse, messages, '\\255', since, tonumber(size)) end
end

-- Makes room: some entries whose hour has left both windows go. Any number is a cursor, and this one is as good as random.
local function purge(memory, key, since, size)
  local found, old = redis.pcall('HSCAN', key, memory.now_ms % 4294967296, 'COUNT', 100), {}
  if found.err then return size end
  for i = 1, #found[2], 2 do
    local minute = key == memory.pulse and string.match(found[2][i + 1], '^(%d+) %d+ ')
    local hour = minute and math.floor(minute / 60) or tonumber(string.match(found[2][i + 1], '^(%d+) '))
    if found[2][i] ~= '\\255' and hour and hour < memory.hour - 1 then old[#old + 1] = found[2][i] end
  end
  return #old > 0 and forget(key, old, '\\255', since, size) or size
end

-- Whether nobody has counted a message within two hours under <other>, either.
local function is_alone(memory)
  if memory.has_other == nil then
    memory.has_other = redis.call('ZSCORE', memory.common, '${OTHER}') or redis.call('ZSCORE', memory.last, '${OTHER}')
  end
  return not memory.has_other
end

-- Whether a message is counted in a window, unless that is older than all that is remembered.
local function is_counted(memory, window, message)
  local is_old = window == memory.last and (memory.pstart or '') < memory.to_hour(memory.now - ${SEEN_SECONDS})
  return not is_old and redis.call('ZSCORE', window, message)
end

local function new_pulse(memory, group, before, is_first)
  local since = is_first and is_alone(memory) and 0 or memory.minute + 1
  return { open = group.minute, base = before, since = since, now = '', before = '', returned = 0, gap = 0 }
end

-- A gap of an hour is none: the minutes show it. Any other is at least an hour later than the one before.
local function note_return(pulse, group, gap)
  if gap and gap > 1 then
    pulse.returned, pulse.gap = group.minute, gap
  elseif pulse.returned > group.minute then
    pulse.gap = math.max(0, pulse.gap - math.floor(pulse.returned / 60) + group.hour)
    pulse.returned = group.minute
  end
end

-- The count of the hour before this, nil if it is not known.
local function count_before(memory, message)
  if memory.has_last == nil then memory.has_last = memory.pstart == memory.to_hour((memory.hour - 1) * 3600) end
  return memory.has_last and tonumber(redis.call('ZSCORE', memory.last, message))
end

-- Whether there is room for the minutes of one more message.
local function has_room(memory, pulses)
  if not pulses.size then return false end
  if pulses.size >= ${MAX_PULSES} / 2 and not pulses.is_purged then
    pulses.size, pulses.is_purged = purge(memory, memory.pulse, pulses.since, pulses.size), true
  end
  return pulses.size < ${MAX_PULSES}
end

-- Brings what is kept of one message up to date, and returns its minutes if they have changed.
local function note_message(memory, pulses, group, message, text, calls, total)
  local before, other_window = total and total - calls, group.hour == memory.hour and memory.last or memory.common
  local quick = text and total and not group.minutes and open_next(text, group.minute, before)
  if quick then return quick end
  local pulse = text and read_pulse(text)
  local opened, begins = pulse and pulse.open, not pulse and total and has_room(memory, pulses)
  local is_unknown = not pulse or math.floor(opened / 60) < group.hour - ${SEEN_HOURS}
  local is_first = is_unknown and before == 0 and (begins or admits(memory)) and not is_counted(memory, other_window, message)
  if begins then pulse, pulses.size = new_pulse(memory, group, before, is_first), pulses.size + 1 end
  if not total then
    pulses.gone[#pulses.gone + 1], pulse = message, nil
  elseif pulse and (opened or group.minutes) then
    touch(pulse, group, before, calls, function() return group.hour == memory.hour and count_before(memory, message) end)
  end
  if not opened or math.floor(opened / 60) ~= group.hour or group.minute < opened then
    local gap = see(memory, message, group, is_first)
    if pulse then note_return(pulse, group, gap) end
  end
  return pulse and pulse_text(pulse)
end

local function remember_messages(memory, args, group, totals)
  local fields, changed, now_open = { '\\255' }, {}, group.minute .. ' '
  for i = 1, group.flagged do fields[i + 1] = args[group.first + i - 1] end
  local found, pulses = redis.pcall('HMGET', memory.pulse, unpack(fields)), { gone = {} }
  if found.err then
    found = {}
  else
    local since, size = string.match(found[1] or '', '^(%d+) (%d+)$')
    pulses.since, pulses.size = tonumber(since) or complete_since(memory), tonumber(size or 0)
  end
  memory.has_other = nil
  for i = 1, group.flagged do
    local message, text = fields[i + 1], found[i + 1]
    local is_open = text and not group.minutes and string.sub(text, 1, #now_open) == now_open
    if message ~= '${OTHER}' and not is_open then
      local calls = tonumber(group.counts and group.counts[i] or 1)
      local noted = note_message(memory, pulses, group, message, text, calls, totals[i])
      if noted then
        changed[#changed + 1] = message
        changed[#changed + 1] = noted
      end
    end
  end
  if #changed > 0 then
    redis.pcall('HSET', memory.pulse, '\\255', pulses.since .. ' ' .. pulses.size, unpack(changed))
  end
  forget_pulses(memory, pulses.gone)
end

-- A line is kept with its hour: one a message and hour, so that it is not much older than the counts.
local function keep_samples(memory, args, group, totals)
  local messages, changed = {}, {}
  for i = 1, group.samples do messages[i] = args[group.first + i - 1] end
  if #messages == 0 then return end
  local found = redis.pcall('HMGET', memory.samples, '\\255', unpack(messages))
  if found.err then return end
  local size = tonumber(string.match(found[1] or '', '^%d+ (%d+)$') or 0)
  if size + #messages > ${MAX_SAMPLES} then size = purge(memory, memory.samples, 0, size) end
  for i, message in ipairs(messages) do
    local kept = found[i + 1]
    local hour = tonumber(string.match(kept or '', '^(%d+) '))
    if totals[i] and message ~= '${OTHER}' and (hour and hour < group.hour or not kept and size < ${MAX_SAMPLES}) then
      if not kept then size = size + 1 end
      changed[#changed + 1] = message
      changed[#changed + 1] = string.format('%d ', group.hour) .. args[group.sample + i - 1]
    end
  end
  if #changed > 0 then redis.pcall('HSET', memory.samples, '\\255', '0 ' .. size, unpack(changed)) end
end

local function remember(memory, args, group, totals, gone)
  if #gone > 0 then forget_pulses(memory, gone) end
  if group.flagged > 0 then remember_messages(memory, args, group, totals) end
  if group.samples > 0 then keep_samples(memory, args, group, totals) end
end`;
