/** The script that writes a batch, with the encoding of its arguments and the decoding of its reply. */

import { RecentCommonError } from '../errors';
import { ISO_HOUR } from '../redis/hour';
import type { DestinationKeys, KeySpace } from '../redis/keys';
import { defineScript } from '../redis/script';
import type { Batch } from './batch';
import { COUNT } from './script-count';
import { EXPIRY } from './script-expiry';
import { NOTE_IN_INDEX } from './script-note';
import { PREFLIGHT } from './script-preflight';
import { PRUNE } from './script-prune';
import type { ServerTime, Stamp } from './server-time';

export const WRITE = defineScript(/* lua */ `
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
${ISO_HOUR}
${PREFLIGHT}
${COUNT}
${EXPIRY}
${NOTE_IN_INDEX}
${PRUNE}

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
`);

/** The keys of batches, and the bounds of the data under them. */
export interface WriteSettings extends KeySpace {
  readonly recentLimit: number;
  readonly commonLimit: number;
  /** Seconds from the last write until the keys expire; 0 for never. */
  readonly ttlSeconds: number;
}

/** A destination in the index, and when it was noted there, as Redis writes the number. */
export type IndexMember = readonly [member: string, seconds: string];

/** The reply of {@link WRITE}. */
export interface WriteReply {
  /** False if an earlier try had been applied and its reply was lost. */
  readonly isApplied: boolean;
  /** Number of the writer's batch before this; that of this batch if it comes again. */
  readonly previous: number;
  /** Log calls of all batches of this writer that Redis has, except late ones. */
  readonly total: number;
  /** The hours of both windows; '' for none. */
  readonly start: string;
  readonly pstart: string;
  /** Log calls that were not counted: their hour is older than both windows. */
  readonly late: number;
  /** The other log calls, if an error ended an earlier try midway: it is unknown which of them are counted. */
  readonly part: number;
  /** Epoch milliseconds, by the clock of Redis. */
  readonly now: number;
  /** Whether the destination was noted in the index; undefined if that was not asked. */
  readonly isNoted: boolean | undefined;
  /** Some older members of the index, with the epoch seconds of their last note. */
  readonly older: readonly IndexMember[];
}

/**
 * The KEYS of {@link WRITE}.
 *
 * @param known - the index if the destination is to be noted there, which is not possible in a cluster
 */
export function encodeKeys(keys: DestinationKeys, { hashTag }: KeySpace, asksFirst: boolean, known?: string): string[] {
  const { recent, seq, common, start, last, pstart, writers, scratch } = keys;
  const encoded = [recent, seq, common, start, last, pstart, writers];
  if (!hashTag || asksFirst) encoded.push(scratch);
  if (known !== undefined) encoded.push(known);
  return encoded;
}

/** What may differ from try to try of a batch. */
export interface Try {
  readonly writer: string;
  /** Whether to check first that every command is permitted. */
  readonly asksFirst: boolean;
  /** The destination as a member of the index, if it is to be noted there. */
  readonly member?: string | undefined;
  readonly now: Stamp;
  readonly serverTime: ServerTime;
}

/**
 * The ARGV of {@link WRITE}. How long ago groups were logged is computed anew for each try, or a batch held up over the turn of
 * the hour would be counted in the wrong hour.
 */
export function encodeBatch(
  batch: Batch,
  settings: WriteSettings,
  { writer, asksFirst, member = '', now, serverTime }: Try,
): string[] {
  const { number, logged, numbered, late, lines } = batch;
  const { recentLimit, commonLimit, ttlSeconds } = settings;
  const args = [writer];
  for (const argument of [number, logged, numbered, recentLimit, commonLimit, ttlSeconds]) args.push(String(argument));
  args.push(
    asksFirst ? '1' : '0',
    member,
    String(serverTime.expected(now.at)),
    String(late),
    String(lines.length),
    ...lines,
  );
  for (const group of batch.groups) {
    const { messages } = group;
    const { ago, step } = serverTime.age(group, now);
    args.push(String(ago), String(step), String(messages.length));
    for (const { message, count } of messages) args.push(message, String(count));
  }
  return args;
}

/** Decodes the reply of {@link WRITE}, whatever types the client's type mapping gave to its parts. */
export function decodeReply(reply: unknown): WriteReply {
  if (!Array.isArray(reply) || reply.length !== 10) {
    throw new RecentCommonError('write', 'Redis gave a reply that is not of this script');
  }
  const at = (i: number): number => Number(reply[i]);
  return {
    isApplied: at(0) === 1,
    previous: at(1),
    total: at(2),
    start: String(reply[3]),
    pstart: String(reply[4]),
    late: at(5),
    part: at(6),
    now: at(7),
    isNoted: at(8) === 0 ? undefined : at(8) === 1,
    older: decodeMembers(reply[9]),
  };
}

/** Decodes members of the index, each followed by its time. */
export function decodeMembers(flat: unknown): IndexMember[] {
  const parts: readonly unknown[] = Array.isArray(flat) ? flat : [];
  return Array.from({ length: parts.length / 2 }, (_, i) => [String(parts[2 * i]), String(parts[2 * i + 1])]);
}
