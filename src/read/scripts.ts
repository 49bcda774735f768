/** The scripts that read, with the encoding of their arguments and the decoding of their replies. */

import { randomBytes } from 'node:crypto';
import type { Connection } from '../redis/connection';
import { ISO_HOUR, parseIsoHour } from '../redis/hour';
import type { DestinationKeys } from '../redis/keys';
import { defineScript, ForeignReplyError, hasLength } from '../redis/script';
import { Slices } from './slices';

/** Joins texts, with a separator between them. */
export const JOIN_TEXTS = /* lua */ `
-- A client takes a reply of thousands of texts apart in one go, so short ones are joined; Lua is slow to join long ones.
local function join_texts(parts, separator)
  local texts, first, size = {}, 1, 0
  for i = 1, #parts do
    size = size + #parts[i]
    if size > 1000 or i == #parts then
      if #parts[i] > 500 then
        if first < i then texts[#texts + 1] = table.concat(parts, separator, first, i - 1) end
        texts[#texts + 1] = parts[i]
      else
        texts[#texts + 1] = table.concat(parts, separator, first, i)
      end
      first, size = i + 1, 0
    end
  end
  return texts
end`;

/** Reads members of a sorted set with their scores, the greatest first; a set that is nil holds nothing. */
export const READ_COUNTS = /* lua */ `
${JOIN_TEXTS}

local function read_counts(window, most, separator)
  return join_texts(window and redis.call('ZREVRANGE', window, 0, most - 1, 'WITHSCORES') or {}, separator)
end`;

const READ_NAMES = defineScript(/* lua */ `
-- Reads which destinations exist.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to
--
-- ARGV[1] a text that no destination contains
--
-- Returns texts of the destinations, the one last written to first, each followed by its time, with ARGV[1] between all of these
${READ_COUNTS}
return read_counts(KEYS[1], 0, ARGV[1])
`);

const READ_RECENT = defineScript(
  /* lua */ `
-- Reads the newest lines of a destination and the number of the newest, in one atomic step.
--
-- KEYS[1] recent  list    the newest lines, newest first
-- KEYS[2] seq     string  number of the newest line
--
-- ARGV[1] most lines to return; 0 for all
-- ARGV[2] number of a line after which to begin; empty for none
--
-- Returns { the number of the newest line, the lines }. With ARGV[2], the line of that number comes last; if the newest line
--   has a smaller number, all lines are returned
local recent, newest = KEYS[1], redis.call('GET', KEYS[2]) or '0'
if not string.match(newest, '^%d+$') then return redis.error_reply('WRONGTYPE ' .. KEYS[2] .. ' holds no number') end
local most, seen = tonumber(ARGV[1]), tonumber(ARGV[2])
if seen and seen <= tonumber(newest) then most = newest - seen + 1 end
return { newest, redis.call('LRANGE', recent, 0, most - 1) }
`,
  hasLength(2),
);

/** Finds the window of an hour, and sums its counts; a window that is nil holds nothing. */
export const WINDOWS = /* lua */ `
local function find_window(hour, common, start_key, last, pstart_key)
  if redis.call('GET', start_key) == hour then return common end
  if redis.call('GET', pstart_key) == hour then return last end
end

-- Many messages have the same small count: going from each count to the next takes a tenth of the time of all messages. The
-- messages of great counts, if these differ in hundreds, are faster read.
local function sum_counts(window)
  -- Without infinite scores: no writer gives them.
  local total, least = 0, '(-inf'
  for step = 1, window and 500 or 0 do
    local count = redis.call('ZRANGEBYSCORE', window, least, '(+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
    if not count then return string.format('%.17g', total) end
    total = total + count * redis.call('ZCOUNT', window, count, count)
    least = '(' .. count
  end
  local rest = window and redis.call('ZRANGEBYSCORE', window, least, '(+inf', 'WITHSCORES') or {}
  for i = 2, #rest, 2 do total = total + rest[i] end
  return string.format('%.17g', total)
end`;

const READ_COMMON = defineScript(
  /* lua */ `
-- Reads the counts of one hour, in one atomic step.
--
-- KEYS[1] common  zset    message -> count in the hour of start
-- KEYS[2] start   string  that hour, YYYY-MM-DDTHH:00:00 in UTC
-- KEYS[3] last    zset    message -> count in the hour of pstart
-- KEYS[4] pstart  string  the previous hour in which something was logged
--
-- ARGV[1] 0 for this hour, 1 for the hour before it
-- ARGV[2] most messages to return; 0 for all
-- ARGV[3] a text that no message contains
--
-- Returns { the hour, the sum of all counts, texts of the messages by falling count, each followed by its count, with ARGV[3]
--   between all of these, epoch seconds }
${ISO_HOUR}
${READ_COUNTS}
${WINDOWS}

local common, start_key, last, pstart_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local ago, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = tonumber(redis.call('TIME')[1])
local hour = iso_hour(now - ago * 3600)
local window = find_window(hour, common, start_key, last, pstart_key)
return { hour, sum_counts(window), read_counts(window, limit, ARGV[3]), now }
`,
  hasLength(4),
);

const HOUR_SECONDS = 3600;

/** Lines of a list, newest first, and the number of the newest line in the list. */
export interface RawLines {
  readonly newest: number;
  readonly lines: readonly string[];
}

/** A message, and how often it was logged. */
export type Count = readonly [message: string, count: number];

/** The members of the index with their epoch seconds, the destination last written to first. */
export async function readKnown(connection: Connection, known: string): Promise<Count[]> {
  const separator = randomSeparator();
  return toCounts(await connection.run(READ_NAMES, [known], [separator]), separator);
}

/** The newest lines; all lines with a limit of 0. */
export function readLines(connection: Connection, keys: DestinationKeys, limit = 0): Promise<RawLines> {
  return runReadRecent(connection, keys, [String(limit), '']);
}

/** The line with this number and the lines after it; all lines if the newest has a smaller number. */
export function readLinesFrom(connection: Connection, keys: DestinationKeys, number: number): Promise<RawLines> {
  return runReadRecent(connection, keys, ['0', String(number)]);
}

async function runReadRecent(
  connection: Connection,
  { recent, seq }: DestinationKeys,
  args: string[],
): Promise<RawLines> {
  const [newest, lines] = expectArray(await connection.run(READ_RECENT, [recent, seq], args));
  return { newest: Number(newest), lines: expectArray(lines).map(String) };
}

/** The counts of this hour (`ago` 0) or of the hour before it (1); all counts with a limit of 0. */
export async function readHour(
  connection: Connection,
  keys: DestinationKeys,
  ago: number,
  limit: number,
): Promise<{ start: Date; end: Date; total: number; counts: Count[] }> {
  const separator = randomSeparator();
  const reply = await connection.run(READ_COMMON, windowKeys(keys), [String(ago), String(limit), separator]);
  const [hour, total, texts, now] = expectArray(reply);
  const start = parseIsoHour(String(hour));
  const end = Math.min(start + HOUR_SECONDS * 1000, Number(now) * 1000);
  const counts = await toCounts(texts, separator);
  return { start: new Date(start), end: new Date(end), total: Number(total), counts };
}

/** The keys of both windows. */
export function windowKeys({ common, start, last, pstart }: DestinationKeys): string[] {
  return [common, start, last, pstart];
}

/** Nobody can put into a message what is chosen when it is read. */
export function randomSeparator(): string {
  return randomBytes(6).toString('base64url');
}

/** Members with their scores. Infinite ones, which no writer gives, are left out. */
export function toCounts(texts: unknown, separator: string): Promise<Count[]> {
  return toPairs(texts, separator, (message, score) => {
    const count = Number(score);
    return Number.isFinite(count) ? [message, count] : undefined;
  });
}

/** What is made of pairs of texts that a script has joined. Undefined is left out. */
export async function toPairs<Pair>(
  texts: unknown,
  separator: string,
  make: (first: string, second: string) => Pair | undefined,
): Promise<Pair[]> {
  const slices = new Slices();
  const pairs: Pair[] = [];
  let message: string | undefined;
  for (const text of expectArray(texts)) {
    // A text has some 20 pairs.
    if (slices.isOver(8)) await slices.pause();
    for (const part of String(text).split(separator)) {
      const pair = message === undefined ? undefined : make(message, part);
      if (pair !== undefined) pairs.push(pair);
      message = message === undefined ? part : undefined;
    }
  }
  return pairs;
}

export function expectArray(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new ForeignReplyError();
  return reply;
}
