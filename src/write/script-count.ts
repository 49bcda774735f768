import { OTHER } from '../redis/keys';

/** Counts messages into a window; it needs `common_limit`, and the messages with their counts in ARGV. */
export const COUNT = /* lua */ `
-- Where a window is full its rarest messages give way to new ones, and their counts go to <other>: a message that
-- becomes frequent still shows, and the total stays exact.
local function count_within_limit(window, first, final)
  local fresh = {}
  for i = first, final, 2 do
    if redis.call('ZSCORE', window, ARGV[i]) then
      redis.call('ZINCRBY', window, ARGV[i + 1], ARGV[i])
    else
      fresh[#fresh + 1] = i
    end
  end
  if redis.call('ZCARD', window) + #fresh <= common_limit then
    for _, i in ipairs(fresh) do redis.call('ZINCRBY', window, ARGV[i + 1], ARGV[i]) end
    return
  end
  local other = tonumber(redis.call('ZSCORE', window, '${OTHER}') or 0)
  redis.call('ZREM', window, '${OTHER}')
  local kept = math.min(#fresh, common_limit - 1)
  local surplus = redis.call('ZCARD', window) + kept + 1 - common_limit
  if surplus > 0 then
    local rarest = redis.call('ZPOPMIN', window, surplus)
    for i = 2, #rarest, 2 do other = other + tonumber(rarest[i]) end
  end
  for n, i in ipairs(fresh) do
    if n <= kept then
      redis.call('ZINCRBY', window, ARGV[i + 1], ARGV[i])
    else
      other = other + tonumber(ARGV[i + 1])
    end
  end
  redis.call('ZINCRBY', window, other, '${OTHER}')
end

local function count(window, first, final)
  if redis.call('ZCARD', window) + (final - first + 1) / 2 > common_limit then
    return count_within_limit(window, first, final)
  end
  for i = first, final, 2 do redis.call('ZINCRBY', window, ARGV[i + 1], ARGV[i]) end
end`;
