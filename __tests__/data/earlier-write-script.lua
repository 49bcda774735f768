-- Writes one batch of log calls to one destination, in one atomic step.
--
-- KEYS[1] recent   list    the newest lines, newest first
-- KEYS[2] seq      string  number of the newest line
-- KEYS[3] common   zset    message -> count in the hour of start
-- KEYS[4] start    string  that hour, YYYY-MM-DDTHH:00:00 in UTC
-- KEYS[5] last     zset    message -> count in the hour of pstart
-- KEYS[6] pstart   string  the previous hour in which something was logged
-- KEYS[7] writers  hash    writer id -> number of its last batch, start at that time, late log calls of that batch, log calls
--   of all its batches but for late ones, and those of the last batch if it was applied in part; ttl -> an hour, the longest
--   ARGV[7] of that hour and of the active hour before it
-- KEYS[8] scratch  hash    commands are tried on it, and it is never kept; left out in a cluster if none are to be tried, since
--   a slot that is being moved refuses scripts with a key that does not exist
-- KEYS[9] known    zset    destination -> epoch seconds when it was last written to; left out if it is not to be noted there
--
-- ARGV[1] writer id
-- ARGV[2] batch number, greater than those of the writer's earlier batches
-- ARGV[3] log calls in the batch
-- ARGV[4] by how much the number of the newest line grows
-- ARGV[5] most lines that recent may hold
-- ARGV[6] most messages that common and last may each hold, <other> included
-- ARGV[7] seconds until all keys expire; 0 for never. The longest of all writers that are active holds
-- ARGV[8] 1 to check first that every command is permitted
-- ARGV[9] the destination, to note it in the index; empty not to
-- ARGV[10] the latest time that this server may have by its last reply to the writer, in epoch milliseconds; 0 if there was
--   no reply
-- ARGV[11] log calls in the batch that are in no group: the writer knows that they come too late
-- ARGV[12] number of lines
-- ARGV[13 ...] the lines, oldest first; then the groups, newest first. Each is: how many milliseconds ago its first log call
--   was, by the monotonic clock of the writer; by how many milliseconds the wall clock of the writer had run ahead of that one
--   by then, since the last reply, or -1 if it was logged only just before it was sent; its number of messages; each message
--   with its count
--
-- Returns { 1 if applied or 0 if it was applied before, number of the writer's batch before this, log calls of all its
--   batches including this but for late ones, the hours of start and of pstart, late log calls (not counted: their hour is
--   older than both windows), the other log calls if the batch was applied in part, epoch milliseconds, 1 if the destination
--   was noted in the index or 2 if that was refused or 0, some older members of the index with their times }; the same again
--   if the writer's last batch comes again; nothing if the windows change and KEYS[8] is needed for that

local function iso_hour(epoch)
  local days = math.floor(epoch / 86400) + 719468
  local era = math.floor(days / 146097)
  local day_of_era = days - era * 146097
  local year_of_era = math.floor((day_of_era - math.floor(day_of_era / 1460) + math.floor(day_of_era / 36524)
    - math.floor(day_of_era / 146096)) / 365)
  local day_of_year = day_of_era - (365 * year_of_era + math.floor(year_of_era / 4) - math.floor(year_of_era / 100))
  local march_month = math.floor((5 * day_of_year + 2) / 153)
  local day = day_of_year - math.floor((153 * march_month + 2) / 5) + 1
  local month = march_month < 10 and march_month + 3 or march_month - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:00:00', year, month, day, math.floor(epoch % 86400 / 3600))
end

-- Errors that pass by themselves keep their code. Any other means that the command is not permitted, renamed or disabled, in
-- words that differ from server to server.
local function refuse(command, refusal)
  for code in string.gmatch('OOM READONLY MISCONF NOREPLICAS MASTERDOWN LOADING BUSY CLUSTERDOWN TRYAGAIN', '%S+') do
    local first = string.find(' ' .. refusal, '[ -]' .. code .. ' ')
    if first then return redis.error_reply(string.sub(refusal, first)) end
  end
  if string.find(refusal, 'non local key') then return redis.error_reply('TRYAGAIN the slot is being moved') end
  return redis.error_reply('NOPERM this user may not run ' .. command .. ', or it is renamed or disabled')
end

local function preflight(scratch, ttl)
  local attempts = {
    { 'UNLINK', scratch }, { 'EXISTS', scratch }, { 'HSET', scratch, 'a', 'b' }, { 'HSCAN', scratch, 0, 'COUNT', 1 },
    { 'HDEL', scratch, 'a' }, { 'SET', scratch, '' }, { 'RENAME', scratch, scratch }, { 'TTL', scratch },
    { 'PERSIST', scratch }, { 'UNLINK', scratch }, { 'LPUSH', scratch, '' }, { 'LTRIM', scratch, 1, 0 },
    { 'INCRBY', scratch, 1 }, { 'UNLINK', scratch }, { 'ZINCRBY', scratch, 1, 'a' }, { 'ZSCORE', scratch, 'a' },
    { 'ZCARD', scratch }, { 'ZREM', scratch, 'b' }, { 'ZPOPMIN', scratch, 1 },
  }
  if ttl > 0 then attempts[#attempts + 1] = { 'EXPIRE', scratch, ttl } end
  for _, attempt in ipairs(attempts) do
    local reply = redis.pcall(unpack(attempt))
    if type(reply) == 'table' and reply.err then
      redis.pcall('UNLINK', scratch)
      return refuse(attempt[1], reply.err)
    end
  end
end

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
  local other = tonumber(redis.call('ZSCORE', window, '<other>') or 0)
  redis.call('ZREM', window, '<other>')
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
  redis.call('ZINCRBY', window, other, '<other>')
end

local function count(window, limit, args, first, final)
  if redis.call('ZCARD', window) + (final - first + 1) / 2 > limit then
    return count_within_limit(window, limit, args, first, final)
  end
  for i = first, final, 2 do redis.call('ZINCRBY', window, args[i + 1], args[i]) end
end

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

local function note(known, destination, now_ms, ttl)
  local now, left = math.floor(now_ms / 1000), redis.pcall('TTL', known)
  local commands = { { 'ZADD', known, now, destination } }
  if type(left) == 'table' then return left end
  if ttl == 0 and left >= 0 then commands[2] = { 'PERSIST', known } end
  if ttl > 0 and left ~= -1 then commands[2] = { 'EXPIRE', known, math.max(left, ttl) } end
  for _, command in ipairs(commands) do
    local done = redis.pcall(unpack(command))
    if type(done) == 'table' then return done end
  end
  local size = redis.pcall('ZCARD', known)
  if type(size) == 'table' then return size end
  -- A place that is as good as random.
  local first = now_ms % 1000003 * 7919 % math.ceil(size / 10) * 10
  local found, old = redis.pcall('ZRANGE', known, first, first + 9, 'WITHSCORES'), {}
  if found.err then return found end
  for i = 1, #found, 2 do
    if (tonumber(found[i + 1]) or now) < now - 2 then
      old[#old + 1] = found[i]
      old[#old + 1] = found[i + 1]
    end
  end
  return old
end

-- A writer that wrote in an hour that is still in a window may send its last batch again. The cursor is as good as random: any
-- number is one, and each writer begins at another place.
local function prune(writers, before, now_ms)
  local found = redis.call('HSCAN', writers, now_ms % 4294967296, 'COUNT', 100)[2]
  for i = 1, #found, 2 do
    local written_in = string.match(found[i + 1], '^%d+ (%d%d%d%d%-%d%d%-%d%dT%S+)')
    if written_in and written_in < before then redis.call('HDEL', writers, found[i]) end
  end
end

for i, expected in ipairs({ 'list', 'string', 'zset', 'string', 'zset', 'string', 'hash' }) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= expected and found ~= 'none' then
    return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' holds a ' .. found .. ', expected a ' .. expected)
  end
end
local recent, seq, common, start_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local last, pstart_key, writers, scratch, known = KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local writer, number, calls = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local recent_limit, common_limit = tonumber(ARGV[5]), tonumber(ARGV[6])
local ttl, asks_first, destination = tonumber(ARGV[7]), ARGV[8] == '1', ARGV[9]
local expected, late, lines = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local first_line, first_group = 13, 13 + lines
if not string.match(redis.call('GET', seq) or '0', '^%d+$') then
  return redis.error_reply('WRONGTYPE ' .. seq .. ' holds no number')
end

local time = redis.call('TIME')
local now = tonumber(time[1])
local now_ms = now * 1000 + math.floor(tonumber(time[2]) / 1000)
local start, pstart = redis.call('GET', start_key), redis.call('GET', pstart_key)
local hour = iso_hour(now)
local rotates = start and (start < hour or start > iso_hour(now + 3600))
local current = start and not rotates and start or hour
local stored = redis.call('HMGET', writers, writer, 'ttl')
local promised, promises = promise(stored[2], current, start, ttl)

-- The index never holds up a batch.
local function finish(reply)
  local noted = known and note(known, destination, now_ms, promised)
  reply[#reply + 1] = not noted and 0 or noted.err and 2 or 1
  reply[#reply + 1] = noted and not noted.err and noted or {}
  return reply
end

local previous, written_in, previous_late, written, part =
  string.match(stored[1] or '', '^(%d+) (%S+) (%d+) (%d+) (%d+)$')
previous, written = tonumber(previous or 0), tonumber(written or 0)
if number <= previous then
  return finish({ 0, previous, written, start or '', pstart or '', tonumber(previous_late), tonumber(part), now_ms })
end

-- If it is later than expected, the monotonic clock of the writer stood still since the last reply, or the batch was under way
-- for so long. Log calls are older by that, but for those that came after it, as the wall clock of the writer tells. If a batch
-- that is sent at once seems to have been under way for more than a minute, the clock of this server was set before.
local away = expected > 0 and math.max(0, now_ms - expected) or 0
local function age(ago, step)
  if step >= 0 then return ago + math.max(0, away - step) end
  return away <= 60000 and ago + away or ago
end

-- Sorts the groups into windows. An hour between those of last and common begins last anew: nothing was logged between it and
-- this hour.
local pstart_then = rotates and start or pstart
-- After the clock of the server was wrong, the hour of pstart may be later than the others.
local oldest = pstart
for _, other in ipairs({ start or current, current }) do
  if oldest and other < oldest then oldest = other end
end
local current_groups, last_groups = {}, {}
local at = first_group
while at < #ARGV do
  local ago, first = age(tonumber(ARGV[at]), tonumber(ARGV[at + 1])), at + 3
  at = first + 2 * tonumber(ARGV[at + 2])
  local logged_in = ago <= now_ms % 3600000 and current or iso_hour(math.floor((now_ms - ago) / 1000))
  if logged_in < current and (not pstart_then or logged_in > pstart_then) then pstart_then = logged_in end
  if logged_in >= current then
    table.insert(current_groups, { first, at - 1 })
  elseif logged_in == pstart_then then
    table.insert(last_groups, { first, at - 1 })
  else
    for i = first + 1, at - 1, 2 do late = late + tonumber(ARGV[i]) end
  end
end

-- A slot that is being moved has no room for keys that do not exist, and a new hour deletes and creates keys.
if (rotates or pstart_then ~= pstart) and not scratch then return end
local refusal = asks_first and preflight(scratch, ttl)
if refusal then return refusal end

-- Nothing is rolled back after an error, so the number comes first: a batch applied in part is never applied twice, and its
-- writer learns of it when the batch comes again.
local counted = math.max(0, calls - late)
local entry_now = ARGV[2] .. ' ' .. current .. ' ' .. late .. ' ' .. written + counted .. ' '
redis.call('HSET', writers, writer, entry_now .. counted)
if rotates then
  redis.call('UNLINK', last)
  if redis.call('EXISTS', common) == 1 then redis.call('RENAME', common, last) end
  redis.call('SET', pstart_key, start)
  pstart = start
end
if current ~= start then redis.call('SET', start_key, current) end
if pstart_then ~= pstart then
  redis.call('UNLINK', last)
  redis.call('SET', pstart_key, pstart_then)
end

for i = first_line, first_group - 1 do redis.call('LPUSH', recent, ARGV[i]) end
redis.call('LTRIM', recent, 0, recent_limit - 1)
redis.call('INCRBY', seq, ARGV[4])

for _, group in ipairs(current_groups) do count(common, common_limit, ARGV, group[1], group[2]) end
for _, group in ipairs(last_groups) do count(last, common_limit, ARGV, group[1], group[2]) end
redis.call('HSET', writers, writer, entry_now .. 0)

if written_in ~= current and oldest then prune(writers, oldest, now_ms) end
if promises and promises ~= stored[2] then redis.call('HSET', writers, 'ttl', promises) end
if promised > 0 then
  for i = 1, 7 do redis.call('EXPIRE', KEYS[i], promised) end
elseif promises and redis.call('TTL', writers) >= 0 then
  for i = 1, 7 do redis.call('PERSIST', KEYS[i]) end
end
return finish({ 1, previous, written + counted, current, pstart_then or '', late, 0, now_ms })
