/** The script that writes a batch; codec.ts has the encoding of its arguments and the decoding of its reply. */

import { ISO_HOUR } from '../redis/hour';
import { defineScript, type Script } from '../redis/script';
import { isWriteReply } from './codec';
import { COUNT } from './script-count';
import { EXPIRY } from './script-expiry';
import { READ_GROUPS } from './script-groups';
import { MEMORY } from './script-memory';
import { NOTE_IN_INDEX } from './script-note';
import { PREFLIGHT } from './script-preflight';
import { PRUNE } from './script-prune';

export const WRITE = defineScript(
  /* lua */ `
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
--   ARGV[7] of that hour and of the active hour before it; rules -> versions of ARGV[15], each with the epoch second since which
--   it is used and the last hour in which it was
-- KEYS[8] minutes  zset    minute, since the epoch -> its log calls; since -> the minute from which on they are complete;
--   admitted -> an hour, and in 20 bits how many messages entered the memory in it; refused -> the last hour in which one did not
-- KEYS[9] pulse    hash    message -> its minutes, see PULSE; \\255 -> the minute from which on they are complete, and how many
--   messages they are
-- KEYS[10] seen    zset    message -> when it was last and first seen, see SEEN
-- KEYS[11] samples hash    message -> an hour and a line of it; \\255 -> 0 and how many messages they are; KEYS[8] again if the
--   batch has no lines for it
-- KEYS[12] scratch hash    commands are tried on it, and it is never kept; left out in a cluster if none are to be tried, since
--   a slot that is being moved refuses scripts with a key that does not exist
-- KEYS[13] known   zset    destination -> epoch seconds when it was last written to; news:destination -> when a message was last
--   new in it; left out if it is not to be noted there
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
-- ARGV[12] the minute, since the epoch, of which the writer knows that it has touched the messages that are not flagged
-- ARGV[13] number of groups
-- ARGV[14] number of lines
-- ARGV[15] the version of the rules by which messages are grouped; empty for none. An hour after a change no message is new
-- ARGV[16 ...] the lines, oldest first; then the groups, newest first. Each is: how many milliseconds ago its first log call
--   was, by the monotonic clock of the writer; by how many milliseconds the wall clock of the writer had run ahead of that one
--   by then, since the last reply, or -1 if it was logged only just before it was sent; its number of messages; a text of
--   numbers, empty if the first two are 0 and there are no more: of flagged messages, which come first, of lines to keep of the
--   very first, and, if the group is of several minutes, for each how many milliseconds after the first log call it began and
--   its log calls; a text of the counts of its messages, empty if all are 1; the messages; and the lines to keep
--
-- Returns { 1 if applied or 0 if it was applied before, number of the writer's batch before this, log calls of all its
--   batches including this but for late ones, the hours of start and of pstart, late log calls (not counted: their hour is
--   older than both windows), the other log calls if the batch was applied in part, epoch milliseconds, 1 if the index has
--   this second of the destination or 2 if that was refused or 0, some older members of the index with their times, the minute of the
--   server if all messages of the first group are touched in it or 0, how many messages entered the memory of a week or came
--   back after a day or more, the hour in which the batch was applied }; the
--   same again if the writer's last batch comes again; nothing if the windows change and KEYS[12] is needed for that
${ISO_HOUR}
${PREFLIGHT}
${READ_GROUPS}
${COUNT}
${EXPIRY}
${NOTE_IN_INDEX}
${PRUNE}
-- Most batches need nothing of this.
local function open_memory()
${MEMORY}
return remember, save_seen, tend_minutes
end

local recent, seq, common, start_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local last, pstart_key, writers, minutes = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local pulse, seen, samples, scratch, known = KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13]
local writer, number, calls = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local recent_limit, common_limit = tonumber(ARGV[5]), tonumber(ARGV[6])
local ttl, asks_first, destination = tonumber(ARGV[7]), ARGV[8] == '1', ARGV[9]
local expected, late, lines = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[14])
local touched_in, group_count = tonumber(ARGV[12]), tonumber(ARGV[13])
local first_line, first_group = 16, 16 + lines

-- Commands that read find out the types of other keys.
for _, i in ipairs({ 1, 3, 5, 8 }) do
  local kind, found = i == 1 and 'list' or 'zset', redis.call('TYPE', KEYS[i]).ok
  if found ~= kind and found ~= 'none' then return wrong_type(KEYS[i], kind) end
end
local newest, start = redis.pcall('GET', seq), redis.pcall('GET', start_key)
local pstart, stored = redis.pcall('GET', pstart_key), redis.pcall('HMGET', writers, writer, 'ttl')
if type(newest) == 'table' then return wrong_type(seq, 'string', newest) end
if type(start) == 'table' then return wrong_type(start_key, 'string', start) end
if type(pstart) == 'table' then return wrong_type(pstart_key, 'string', pstart) end
if stored.err then return wrong_type(writers, 'hash', stored) end
if newest and not string.match(newest, '^%d+$') then
  return redis.error_reply('WRONGTYPE ' .. seq .. ' holds no number')
end

local time = redis.call('TIME')
local now = tonumber(time[1])
local now_ms = now * 1000 + math.floor(tonumber(time[2]) / 1000)
local hour = iso_hour(now)
local rotates = start and start ~= hour and (start < hour or start > iso_hour(now + 3600))
local current = start and not rotates and start or hour
local promised, promises = promise(stored[2], current, start, ttl)

-- The index never holds up a batch. A destination is noted once a second, and whenever it has news.
local function finish(reply, touched, fresh, applied_in)
  local older = {}
  if known and (fresh > 0 or redis.pcall('ZSCORE', known, destination) ~= time[1]) then
    older = note(known, destination, now_ms, promised, fresh > 0)
  end
  reply[9], reply[10] = not known and 0 or older.err and 2 or 1, older.err and {} or older
  reply[11], reply[12], reply[13] = touched, fresh, applied_in
  return reply
end

local previous, written_in, previous_late, written, part =
  string.match(stored[1] or '', '^(%d+) (%S+) (%d+) (%d+) (%d+)$')
previous, written = tonumber(previous or 0), tonumber(written or 0)
if number <= previous then
  return finish({ 0, previous, written, start or '', pstart or '', tonumber(previous_late), tonumber(part), now_ms }, 0, 0, written_in)
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
local minute, current_hour = math.floor(now / 60), math.floor(now / 3600) + (current > hour and 1 or 0)
local counted, at, touched, least_age = {}, first_group, 0, 0
for n = 1, group_count do
  local group = read_group(ARGV, at)
  -- The newest comes first: no other is younger, whatever clocks that were set say.
  least_age = math.max(least_age, age(group.ago, group.step))
  at, group.ago = group.next, least_age
  local logged_in = group.ago <= now_ms % 3600000 and current or iso_hour(math.floor((now_ms - group.ago) / 1000))
  if logged_in < current and (not pstart_then or logged_in > pstart_then) then pstart_then = logged_in end
  group.is_current = logged_in >= current
  if group.is_current or logged_in == pstart_then then
    place_group(group, group.is_current and current_hour or math.floor((now_ms - group.ago) / 3600000), now_ms)
    local is_now = n == 1 and not group.minutes and group.minute == minute
    if is_now then touched = minute end
    if not is_now or touched_in ~= minute then group.flagged = group.size end
    counted[#counted + 1] = group
  else
    late = late + group.calls
  end
end

-- A slot that is being moved has no room for keys that do not exist, and a new hour deletes and creates keys.
if (rotates or pstart_then ~= pstart) and not scratch then return end
local refusal = asks_first and preflight(scratch)
if refusal then return refusal end

local is_born = not start and redis.call('EXISTS', common) == 0
local memory, remember, save_seen, tend_minutes

-- Nothing is rolled back after an error, so the number comes first: a batch applied in part is never applied twice, and its
-- writer learns of it when the batch comes again.
local counts = math.max(0, calls - late)
local entry_now = ARGV[2] .. ' ' .. current .. ' ' .. late .. ' ' .. written + counts .. ' '
redis.call('HSET', writers, writer, entry_now .. counts)
if rotates then
  redis.call('UNLINK', last)
  if redis.call('EXISTS', common) == 1 then redis.call('RENAME', common, last) end
  redis.call('SET', pstart_key, start)
  pstart = start
  -- The hours of a wrong clock come again.
  if start > hour then redis.call('UNLINK', minutes, pulse) end
end
if current ~= start then redis.call('SET', start_key, current) end
if pstart_then ~= pstart then
  redis.call('UNLINK', last)
  redis.call('SET', pstart_key, pstart_then)
end

if lines > 0 then redis.call('LPUSH', recent, unpack(ARGV, first_line, first_group - 1)) end
redis.call('LTRIM', recent, 0, recent_limit - 1)
redis.call('INCRBY', seq, ARGV[4])

for _, group in ipairs(counted) do
  local totals, gone = count(group.is_current and common or last, common_limit, ARGV, group)
  local is_new = group.hour >= current_hour - 1 and count_minutes(minutes, group)
  if is_new or #gone > 0 or group.flagged + group.samples > 0 then
    memory = memory or {
      minutes = minutes, pulse = pulse, seen = seen, samples = samples, common = common, last = last,
      now = now, now_ms = now_ms, minute = minute, hour = current_hour, to_hour = iso_hour,
      start = start, rotates = rotates, pstart = pstart_then, groups = counted, is_born = is_born,
      writers = writers, rules = ARGV[15],
    }
    if not remember then remember, save_seen, tend_minutes = open_memory() end
    remember(memory, ARGV, group, totals, gone)
    memory.is_new_minute = is_new or memory.is_new_minute
  end
end
if memory then
  save_seen(memory)
  if memory.is_new_minute then tend_minutes(memory) end
end
redis.call('HSET', writers, writer, entry_now .. 0)

if written_in ~= current and oldest then prune(writers, oldest, now_ms) end
if promises and promises ~= stored[2] then redis.call('HSET', writers, 'ttl', promises) end
if promised > 0 then
  for i = 1, 7 do redis.call('EXPIRE', KEYS[i], promised) end
elseif promises and redis.call('TTL', writers) >= 0 then
  for i = 1, 7 do redis.call('PERSIST', KEYS[i]) end
end
if promises or memory and memory.is_new_minute then expire_beside({ minutes, pulse, seen, samples }, promised) end
local reply = { 1, previous, written + counts, current, pstart_then or '', late, 0, now_ms }
return finish(reply, touched, memory and memory.fresh or 0, current)
`,
  isWriteReply,
);

/** The same for a cluster, where KEYS[12] may be left out, so that it may return nothing. */
export const WRITE_IN_CLUSTER: Script = { ...WRITE, isReply: (reply) => reply === null || isWriteReply(reply) };
