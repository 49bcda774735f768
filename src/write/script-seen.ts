/** Keeps when a message was first and last seen, for a week, in Lua. */

import { SEEN_HOURS } from '../redis/keys';
import { RULES } from './script-rules';

/** How long a message is remembered at least after the hour in which it was last seen began. */
export const SEEN_SECONDS = (SEEN_HOURS + 1) * 3600;
/** Most messages of a destination in the memory of a week, and most that enter it in an hour: a flood does not push out a week. */
export const MAX_SEEN = 10_000;
export const MAX_ADMITTED = 1000;

/**
 * `see(memory, message, group, is_first)` notes that a message was logged in a group, and returns after how many hours, or nil if it
 * was not in the memory or is not the first in its hour; `is_first` tells whether nobody else can have logged it before.
 * `save_seen(memory)` stores all that was noted.
 */
export const SEEN = /* lua */ `
${RULES}

-- How many messages have entered the memory in this hour, and the last hour in which one was turned away: it may come again.
local function read_admissions(memory)
  local state = tonumber(redis.pcall('ZSCORE', memory.minutes, 'admitted')) or 0
  memory.admitted = math.floor(state / 1048576) == memory.hour and state % 1048576 or 0
  memory.refused = tonumber(redis.pcall('ZSCORE', memory.minutes, 'refused')) or 0
  memory.is_certain = not settle_rules(memory) and memory.refused < memory.hour - 1
  memory.scores, memory.news, memory.fresh = {}, {}, 0
end

-- Whether a message that is not in the memory may enter it.
local function admits(memory)
  if not memory.scores then read_admissions(memory) end
  return memory.admitted < ${MAX_ADMITTED}
end

-- A score is the last hour, then 32 bits of the second of the first call, then 1 if others may have logged it before. The member
-- that no message can be, since it is no UTF-8, has when the memory began: the second, and 1 if the destination began then.
local function see(memory, message, group, is_first)
  if not memory.scores then read_admissions(memory) end
  local found = memory.news[message] or redis.pcall('ZSCORE', memory.seen, message)
  if type(found) == 'table' then return end
  local hour, score = group.hour, tonumber(found)
  local last = score and math.floor(score / 8589934592)
  local gap = last and hour - last
  local entry = group.second * 2 + (is_first and memory.is_certain and 0 or 1)
  if not last or gap > ${SEEN_HOURS} then
    if not last and not admits(memory) then
      memory.refused = memory.hour
      return
    end
    if not last then memory.admitted = memory.admitted + 1 end
    memory.fresh, gap = memory.fresh + 1, nil
  else
    local first = score % 8589934592
    if gap >= 24 then memory.fresh = memory.fresh + 1 end
    entry = group.second < math.floor(first / 2) and group.second * 2 + first % 2 or first
    if gap <= 0 then
      if entry == first then return end
      hour, gap = last, nil
    end
  end
  if not memory.news[message] then memory.scores[#memory.scores + 1] = message end
  memory.news[message] = hour * 8589934592 + entry
  return gap
end

local function beginning(second, is_born)
  return string.format('%.17g', -2 * second - (is_born and 1 or 0))
end

local function first_second(memory)
  local first = memory.now
  for _, group in ipairs(memory.groups) do first = math.min(first, group.second) end
  return first
end

-- Nobody is in the memory of a destination that was silent for a week.
local function seen_since(memory)
  if memory.is_born then return beginning(first_second(memory), true) end
  local is_silent = memory.rotates and memory.start < memory.to_hour(memory.now - ${SEEN_SECONDS})
  return beginning(is_silent and memory.now - ${SEEN_SECONDS} or memory.now, false)
end

-- The first calls of a destination may come after later ones. Returns when it began if that is earlier than stored.
local function earlier_beginning(memory)
  local stored, first = tonumber(redis.pcall('ZSCORE', memory.seen, '\\255')), first_second(memory)
  if stored and -stored % 2 == 1 and first < math.floor(-stored / 2) then return beginning(first, true) end
end

-- The oldest go, a few more than have come.
local function save_seen(memory)
  if not memory.scores then return end
  redis.pcall('ZADD', memory.minutes, memory.hour * 1048576 + memory.admitted, 'admitted')
  if memory.refused > 0 then redis.pcall('ZADD', memory.minutes, memory.refused, 'refused') end
  local count = #memory.scores
  if count == 0 then return end
  local members, size = {}, redis.pcall('ZCARD', memory.seen)
  if type(size) == 'table' then return end
  local began = size == 0 and seen_since(memory) or size > 0 and earlier_beginning(memory)
  if began then members = { began, '\\255' } end
  for _, message in ipairs(memory.scores) do
    members[#members + 1] = string.format('%.17g', memory.news[message])
    members[#members + 1] = message
  end
  redis.pcall('ZADD', memory.seen, unpack(members))
  local oldest = redis.pcall('ZRANGE', memory.seen, 1, 2 * count, 'WITHSCORES')
  local surplus, gone = size + count - ${MAX_SEEN}, {}
  for i = 1, oldest.err and 0 or #oldest, 2 do
    local is_old = tonumber(oldest[i + 1]) < (memory.hour - ${SEEN_HOURS}) * 8589934592
    if is_old or #gone < surplus then gone[#gone + 1] = oldest[i] end
  end
  if #gone > 0 then redis.pcall('ZREM', memory.seen, unpack(gone)) end
end`;
