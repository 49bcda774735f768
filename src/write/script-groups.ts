/** Reads the groups of a batch, in Lua. */

/**
 * `read_group(args, at)` reads the group that begins with `args[at]`. It returns a table: `ago`, `step`; `first` message of `size`,
 * of which the first `flagged` may be touched for the first time in this minute; their `counts`, nil if all are 1, and the sum
 * `calls`; `samples` lines of the first messages, from `sample` on; `minutes`, the text of its minutes if it has several; `next`.
 * `place_group(group, hour, now_ms)` puts it into an hour, in hours since the epoch: `minute` is its last one, `second` its
 * beginning, and `times` are its minutes with their calls if it has several.
 */
export const READ_GROUPS = /* lua */ `
local function read_group(args, at)
  local size = tonumber(args[at + 2])
  local group = { ago = tonumber(args[at]), step = tonumber(args[at + 1]), first = at + 5, size = size, calls = size }
  group.flagged, group.samples, group.next = 0, 0, at + 5 + size
  if args[at + 3] ~= '' then
    local flagged, samples, minutes = string.match(args[at + 3], '^(%d+) (%d+) ?(.*)$')
    group.flagged, group.samples, group.sample = tonumber(flagged), tonumber(samples), group.next
    group.minutes, group.next = minutes ~= '' and minutes or nil, group.next + samples
  end
  if args[at + 4] ~= '' then
    local counts, calls = {}, 0
    for count in string.gmatch(args[at + 4], '%d+') do
      counts[#counts + 1] = count
      calls = calls + count
    end
    group.counts, group.calls = counts, calls
  end
  return group
end

-- The hour decides: a minute at its edge that would lie in another is moved into it, so that minutes sum to their hour.
local function place_group(group, hour, now_ms)
  local first, logged_at = hour * 60, now_ms - group.ago
  group.hour, group.second = hour, math.floor(logged_at / 1000)
  group.minute = math.max(first, math.min(first + 59, math.floor(logged_at / 60000)))
  if not group.minutes then return end
  group.times = {}
  for later, calls in string.gmatch(group.minutes, '(%d+) (%d+)') do
    local minute = math.max(first, math.min(first + 59, math.floor((logged_at + later) / 60000)))
    group.times[#group.times + 1] = { minute, tonumber(calls) }
    group.minute = math.max(group.minute, minute)
  end
end`;
