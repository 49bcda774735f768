/** Remembers by which rules the messages of a destination were grouped, in Lua: after a change known messages have other keys. */

import { SEEN_HOURS } from '../redis/keys';

/** So long after a change of the rules no message is called new, in seconds. */
const SETTLING_SECONDS = 3600;

/**
 * `settle_rules(memory)` notes that messages come by `memory.rules`, and returns whether these are so new here that known messages may
 * seem to be. Writers with several versions may write at the same time: each version has its own beginning, and an hour of use, which
 * is stored at most once an hour. Rules are forgotten with the messages that were grouped by them.
 */
export const RULES = /* lua */ `
local function settle_rules(memory)
  if memory.rules == '' then return false end
  local found, hour = redis.pcall('HMGET', memory.writers, 'rules'), math.floor(memory.now / 3600)
  local kept, since, used, others = {}, nil, 0, 0
  for version, began, last in string.gmatch(not found.err and found[1] or '', '(%S+) (%d+) (%d+)') do
    if version == memory.rules and last + ${SEEN_HOURS} >= hour then
      since, used = tonumber(began), tonumber(last)
    elseif last + ${SEEN_HOURS} >= hour and others < 3 then
      kept[#kept + 1], others = version .. ' ' .. began .. ' ' .. last, others + 1
    end
  end
  -- Where nothing is remembered, nothing can seem to be new.
  if not since then since = redis.pcall('ZCARD', memory.seen) == 0 and 0 or memory.now end
  if used < hour then
    table.insert(kept, 1, memory.rules .. ' ' .. since .. ' ' .. hour)
    redis.pcall('HSET', memory.writers, 'rules', table.concat(kept, ' '))
  end
  return memory.now < since + ${SETTLING_SECONDS}
end`;
