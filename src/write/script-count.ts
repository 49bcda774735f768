/** Counts messages into a window of bounded size, in Lua. */

import { OTHER } from '../redis/keys';

/**
 * `count(window, limit, args, group)` counts the messages of a group. It returns the counts of its flagged messages by now, false
 * for those that went to `<other>`, and the messages that made room. `count_minutes(key, group)` counts its calls into their minutes,
 * and returns whether one of them may be new.
 */
export const COUNT = /* lua */ `
-- If the window is full, its rarest messages make room for new ones, and their counts go to <other>: a message that becomes
-- frequent later still shows, and the total stays exact. At most 500 go in one run of the script: 100,000, if the limit is
-- lowered, would hold up the server for a fifth of a second. If that is not enough, the most frequent new ones get the room.
local may_go = 500
local function make_room(window, limit, fresh)
  local other, gone = tonumber(redis.call('ZSCORE', window, '${OTHER}') or 0), {}
  redis.call('ZREM', window, '${OTHER}')
  local kept = math.min(#fresh, limit - 1)
  local surplus = redis.call('ZCARD', window) + kept + 1 - limit
  if surplus > may_go then
    kept = math.max(0, kept - surplus + may_go)
    surplus = may_go
    table.sort(fresh, function(a, b) return a.count > b.count end)
  end
  if surplus > 0 then
    may_go = may_go - surplus
    local rarest = redis.call('ZPOPMIN', window, surplus)
    for i = 1, #rarest, 2 do
      gone[#gone + 1] = rarest[i]
      other = other + tonumber(rarest[i + 1])
    end
  end
  return kept, other, gone
end

-- Numbers are texts here: Redis would take a third of the time of a ZINCRBY to write one.
local none = {}
local function count_within_limit(window, limit, args, group)
  local fresh, totals = {}, {}
  for i = 1, group.size do
    local message, calls = args[group.first + i - 1], group.counts and group.counts[i] or '1'
    if redis.call('ZSCORE', window, message) then
      totals[i] = tonumber(redis.call('ZINCRBY', window, calls, message))
    else
      fresh[#fresh + 1] = { at = i, message = message, calls = calls, count = tonumber(calls) }
    end
  end
  local kept, other, gone = #fresh, 0, {}
  local is_full = redis.call('ZCARD', window) + #fresh > limit
  if is_full then kept, other, gone = make_room(window, limit, fresh) end
  for n, each in ipairs(fresh) do
    if n <= kept then
      redis.call('ZINCRBY', window, each.calls, each.message)
      totals[each.at] = each.count
    else
      totals[each.at] = false
      other = other + each.count
    end
  end
  if is_full then redis.call('ZINCRBY', window, other, '${OTHER}') end
  local has_gone = {}
  for _, message in ipairs(gone) do has_gone[message] = true end
  for i = 1, group.flagged do
    if has_gone[args[group.first + i - 1]] then totals[i] = false end
  end
  return totals, gone
end

local function count(window, limit, args, group)
  if redis.call('ZCARD', window) + group.size > limit then return count_within_limit(window, limit, args, group) end
  local counts, first, totals = group.counts, group.first - 1, group.flagged > 0 and {} or none
  for i = 1, group.flagged do
    totals[i] = tonumber(redis.call('ZINCRBY', window, counts and counts[i] or '1', args[first + i]))
  end
  for i = group.flagged + 1, group.size do
    redis.call('ZINCRBY', window, counts and counts[i] or '1', args[first + i])
  end
  return totals, none
end

local function count_minutes(key, group)
  if not group.times then return tonumber(redis.call('ZINCRBY', key, group.calls, group.minute)) == group.calls end
  for _, time in ipairs(group.times) do redis.call('ZINCRBY', key, time[2], time[1]) end
  return true
end`;
