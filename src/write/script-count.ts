/** Counts messages into a window of bounded size, in Lua. */

import { OTHER } from '../redis/keys';

/** `count(window, limit, args, first, final)` counts the messages of `args` from `first` to `final`, each followed by its count. */
export const COUNT = /* lua */ `
-- If the window is full, its rarest messages make room for new ones, and their counts go to <other>: a message that becomes
-- frequent later still shows, and the total stays exact. At most 500 go in one run of the script: 100,000, if the limit is
-- lowered, would hold up the server for a fifth of a second. If that is not enough, the most frequent new ones get the room.
local may_go = 500
local function count_within_limit(window, limit, args, first, final)
  local fresh = {}
  for i = first, final, 2 do
    if redis.call('ZSCORE', window, args[i]) then
      redis.call('ZINCRBY', window, args[i + 1], args[i])
    else
      fresh[#fresh + 1] = i
    end
  end
  if redis.call('ZCARD', window) + #fresh <= limit then
    for _, i in ipairs(fresh) do redis.call('ZINCRBY', window, args[i + 1], args[i]) end
    return
  end
  local other = tonumber(redis.call('ZSCORE', window, '${OTHER}') or 0)
  redis.call('ZREM', window, '${OTHER}')
  local kept = math.min(#fresh, limit - 1)
  local surplus = redis.call('ZCARD', window) + kept + 1 - limit
  if surplus > may_go then
    kept = math.max(0, kept - surplus + may_go)
    surplus = may_go
    table.sort(fresh, function(a, b) return tonumber(args[a + 1]) > tonumber(args[b + 1]) end)
  end
  if surplus > 0 then
    may_go = may_go - surplus
    local rarest = redis.call('ZPOPMIN', window, surplus)
    for i = 2, #rarest, 2 do other = other + tonumber(rarest[i]) end
  end
  for n, i in ipairs(fresh) do
    if n <= kept then
      redis.call('ZINCRBY', window, args[i + 1], args[i])
    else
      other = other + tonumber(args[i + 1])
    end
  end
  redis.call('ZINCRBY', window, other, '${OTHER}')
end

local function count(window, limit, args, first, final)
  if redis.call('ZCARD', window) + (final - first + 1) / 2 > limit then
    return count_within_limit(window, limit, args, first, final)
  end
  for i = first, final, 2 do redis.call('ZINCRBY', window, args[i + 1], args[i]) end
end`;
