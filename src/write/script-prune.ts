/** Forgets writers that have stopped, a few at a time, in Lua. */

/** `prune(writers, before, now_ms)` forgets some of the writers whose last batch was written before an hour. */
export const PRUNE = /* lua */ `
-- A writer that wrote in an hour that is still in a window may send its last batch again. The cursor is as good as random: any
-- number is one, and each writer begins at another place.
local function prune(writers, before, now_ms)
  local found = redis.call('HSCAN', writers, now_ms % 4294967296, 'COUNT', 100)[2]
  for i = 1, #found, 2 do
    local written_in = string.match(found[i + 1], '^%d+ (%d%d%d%d%-%d%d%-%d%dT%S+)')
    if written_in and written_in < before then redis.call('HDEL', writers, found[i]) end
  end
end`;
