/** The script that writes a batch, with the encoding of its arguments and the decoding of its reply. */

import { RecentCommonError } from '../errors';
import { ISO_HOUR, toHour } from '../redis/hour';
import type { DestinationKeys, KeySpace } from '../redis/keys';
import { defineScript } from '../redis/script';
import type { Batch } from './batch';
import { COUNT } from './script-count';
import { PREFLIGHT } from './script-preflight';

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
--   of all its batches but for late ones, and those of the last batch if it was applied in part
--
-- ARGV[1] writer id
-- ARGV[2] batch number, greater than those of the writer's earlier batches
-- ARGV[3] log calls in the batch
-- ARGV[4] by how much the number of the newest line grows
-- ARGV[5] most lines that recent may hold
-- ARGV[6] most messages that common and last may each hold, <other> included
-- ARGV[7] seconds until all keys expire; 0 for never
-- ARGV[8] 1 to check first that every command is permitted
-- ARGV[9] number of lines
-- ARGV[10 ...] the lines, oldest first; then for each hour, newest first: how many hours ago it was, its number of
--   messages, and each message with its count
--
-- Returns { 1 if applied or 0 if it was applied before, number of the writer's batch before this, log calls of all its
--   batches including this but for late ones, the hours of start and of pstart, late log calls (not counted: their hour is
--   older than both windows), the other log calls if the batch was applied in part, epoch seconds }; the same again if the
--   writer's last batch comes again
${ISO_HOUR}
${PREFLIGHT}
${COUNT}

for i, expected in ipairs({ 'list', 'string', 'zset', 'string', 'zset', 'string', 'hash' }) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= expected and found ~= 'none' then
    return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' holds a ' .. found .. ', expected a ' .. expected)
  end
end
local recent, seq, common, start_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local last, pstart_key, writers = KEYS[5], KEYS[6], KEYS[7]
local writer, number, calls = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local recent_limit, common_limit = tonumber(ARGV[5]), tonumber(ARGV[6])
local ttl, asks_first, lines = tonumber(ARGV[7]), ARGV[8] == '1', tonumber(ARGV[9])
if not string.match(redis.call('GET', seq) or '0', '^%d+$') then
  return redis.error_reply('WRONGTYPE ' .. seq .. ' holds no number')
end

local now = tonumber(redis.call('TIME')[1])
local start, pstart = redis.call('GET', start_key), redis.call('GET', pstart_key)
local entry = redis.call('HGET', writers, writer) or ''
local previous, previous_late, written, part = string.match(entry, '^(%d+) %S+ (%d+) (%d+) (%d+)$')
previous, written = tonumber(previous or 0), tonumber(written or 0)
if number <= previous then
  return { 0, previous, written, start or '', pstart or '', tonumber(previous_late), tonumber(part), now }
end

local hour = iso_hour(now)
local rotates = start and (start < hour or start > iso_hour(now + 3600))
local current = start and not rotates and start or hour

-- Sorts the hours of the batch into windows. An hour between those of last and common begins last anew: nothing was logged
-- between it and this hour.
local pstart_then = rotates and start or pstart
local current_groups, last_groups, late = {}, {}, 0
local at = 10 + lines
while at < #ARGV do
  local ago, first = tonumber(ARGV[at]), at + 2
  at = first + 2 * tonumber(ARGV[at + 1])
  local logged_in = ago == 0 and current or iso_hour(now - ago * 3600)
  if logged_in < current and (not pstart_then or logged_in > pstart_then) then pstart_then = logged_in end
  if logged_in >= current then
    table.insert(current_groups, { first, at - 1 })
  elseif logged_in == pstart_then then
    table.insert(last_groups, { first, at - 1 })
  else
    for i = first + 1, at - 1, 2 do late = late + tonumber(ARGV[i]) end
  end
end

local changes_windows = rotates or pstart_then ~= pstart
local refusal = preflight(writers, common, changes_windows, asks_first, ttl)
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
  local known = redis.call('HGETALL', writers)
  for i = 1, #known, 2 do
    local seen = string.match(known[i + 1], ' (%S+)')
    if seen ~= current and seen ~= start and seen ~= pstart then redis.call('HDEL', writers, known[i]) end
  end
  pstart = start
end
if current ~= start then redis.call('SET', start_key, current) end
if pstart_then ~= pstart then
  redis.call('UNLINK', last)
  redis.call('SET', pstart_key, pstart_then)
end

for i = 10, 9 + lines do redis.call('LPUSH', recent, ARGV[i]) end
redis.call('LTRIM', recent, 0, recent_limit - 1)
redis.call('INCRBY', seq, ARGV[4])

for _, group in ipairs(current_groups) do count(common, common_limit, ARGV, group[1], group[2]) end
for _, group in ipairs(last_groups) do count(last, common_limit, ARGV, group[1], group[2]) end
redis.call('HSET', writers, writer, entry_now .. 0)

if ttl > 0 then
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ttl) end
end
return { 1, previous, written + counted, current, pstart_then or '', late, 0, now }
`);

/** The keys of batches, and the bounds of the data under them. */
export interface WriteSettings extends KeySpace {
  readonly recentLimit: number;
  readonly commonLimit: number;
  /** Seconds from the last write until the keys expire; 0 for never. */
  readonly ttlSeconds: number;
}

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
  /** Epoch seconds, by the clock of Redis. */
  readonly now: number;
}

/** The KEYS of {@link WRITE}. */
export function encodeKeys({ recent, seq, common, start, last, pstart, writers }: DestinationKeys): string[] {
  return [recent, seq, common, start, last, pstart, writers];
}

/**
 * The ARGV of {@link WRITE}. The hours ago are computed anew for each try, or a batch held up over the turn of the hour
 * would be counted in the wrong hour.
 *
 * @param asksFirst - whether to check first that every command is permitted
 */
export function encodeBatch(batch: Batch, writer: string, settings: WriteSettings, asksFirst: boolean): string[] {
  const { number, logged, numbered, lines } = batch;
  const { recentLimit, commonLimit, ttlSeconds } = settings;
  const numbers = [number, logged, numbered, recentLimit, commonLimit, ttlSeconds, asksFirst ? 1 : 0, lines.length];
  const args = [writer, ...numbers.map(String), ...lines];
  const thisHour = toHour(Date.now());
  for (const { hour, messages } of batch.counts) {
    args.push(String(Math.max(0, thisHour - hour)), String(messages.length));
    for (const { message, count } of messages) args.push(message, String(count));
  }
  return args;
}

/** Decodes the reply of {@link WRITE}, whatever types the client's type mapping gave to its parts. */
export function decodeReply(reply: unknown): WriteReply {
  if (!Array.isArray(reply) || reply.length !== 8) {
    throw new RecentCommonError('write', 'Redis gave a reply that is not of this script');
  }
  const at = (i: number): number => Number(reply[i]);
  const hours = { start: String(reply[3]), pstart: String(reply[4]) };
  return { isApplied: at(0) === 1, previous: at(1), total: at(2), ...hours, late: at(5), part: at(6), now: at(7) };
}
