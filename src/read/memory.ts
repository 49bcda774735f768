/** Reads the counts of two hours with what is kept beside them: minutes, when messages were seen, and samples. */

import type { Connection } from '../redis/connection';
import { ISO_HOUR } from '../redis/hour';
import { type DestinationKeys, OTHER, SEEN_HOURS } from '../redis/keys';
import { defineScript, hasLength } from '../redis/script';
import { type Pulse, parsePulse } from './pulse';
import {
  type Count,
  expectArray,
  READ_COUNTS,
  randomSeparator,
  toCounts,
  toPairs,
  WINDOWS,
  windowKeys,
} from './scripts';

const READ_MEMORY = defineScript(
  /* lua */ `
-- Reads this hour and the hour before it with what is kept beside them, in one atomic step.
--
-- KEYS[1] common   zset    message -> count in the hour of start
-- KEYS[2] start    string  that hour, YYYY-MM-DDTHH:00:00 in UTC
-- KEYS[3] last     zset    message -> count in the hour of pstart
-- KEYS[4] pstart   string  the previous hour in which something was logged
-- KEYS[5] minutes  zset    minute -> log calls
-- KEYS[6] pulse    hash    message -> its minutes
-- KEYS[7] seen     zset    message -> when it was last and first seen
-- KEYS[8] samples  hash    message -> an hour and a line of it
--
-- ARGV[1] 0 for sums, 1 for messages, 2 for messages with all that were seen
-- ARGV[2] a text that no message contains
--
-- Returns { epoch seconds, microseconds beyond them, of this hour, of the hour before it, the minutes with their log calls, the
--   member that is about seen itself with its score }: sums, or texts of the messages by falling count, each followed by its count,
--   with ARGV[2] between all of these. If ARGV[1] is not 0, there come before the last pulse and those of seen that were seen in
--   these hours, or all with 2, each followed by its value, in texts like these, and after it 1 if there are samples, else 0
${ISO_HOUR}
${READ_COUNTS}
${WINDOWS}

local common, start_key, last, pstart_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local minutes, pulse, seen, samples = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local time = redis.call('TIME')
local now = tonumber(time[1])
local current = find_window(iso_hour(now), common, start_key, last, pstart_key)
local previous = find_window(iso_hour(now - 3600), common, start_key, last, pstart_key)
local by_minute = redis.call('ZREVRANGE', minutes, 0, -1, 'WITHSCORES')
local itself = redis.call('ZRANGEBYSCORE', seen, '-inf', '(0', 'WITHSCORES')
if ARGV[1] == '0' then return { time[1], time[2], sum_counts(current), sum_counts(previous), by_minute, itself } end
local since = ARGV[1] == '2' and 0 or (math.floor(now / 3600) - 1) * 8589934592
return {
  time[1], time[2], read_counts(current, 0, ARGV[2]), read_counts(previous, 0, ARGV[2]), by_minute,
  join_texts(redis.call('HGETALL', pulse), ARGV[2]),
  join_texts(redis.call('ZRANGEBYSCORE', seen, string.format('%.17g', since), '+inf', 'WITHSCORES'), ARGV[2]),
  itself, redis.call('EXISTS', samples)
}
`,
  hasLength(6, 9),
);

const READ_SAMPLES = defineScript(/* lua */ `
-- Reads lines of messages.
--
-- KEYS[1] samples  hash  message -> an hour and a line of it
--
-- ARGV[1 ...] the messages
--
-- Returns for each message its hour and line, or nil
local messages = {}
for i = 1, #ARGV do messages[i] = ARGV[i] end
return redis.call('HMGET', KEYS[1], unpack(messages))
`);

/** Messages whose samples one script reads. */
const MOST_SAMPLES = 500;
const HOUR_SECONDS = 3600;
/** Of a score of seen: what comes before the last hour. */
const HOUR_UNIT = 2 ** 33;
/** The field and member that no message can be, as a client reads it. */
const ITSELF = '\ufffd';

/** When a message was first seen. */
export interface Seen {
  /** Epoch seconds. */
  readonly first: number;
  /** Last hour in which it was seen, since the epoch. */
  readonly lastHour: number;
  /** Whether nobody else can have logged it before: the Python functions, say. */
  readonly isCertain: boolean;
}

/** When the memory of a week began. */
export interface MemoryBeginning {
  /** The epoch second from which on it is known which messages were seen; undefined if nothing is kept. */
  readonly seenSince: number | undefined;
  /** Whether the logger and severity began then. */
  readonly isBorn: boolean;
}

/** Minutes of a logger as they are stored. */
export interface StoredMinutes {
  /** By the clock of Redis, in epoch milliseconds. */
  readonly now: number;
  /** Log calls of each minute since the epoch. */
  readonly minutes: ReadonlyMap<number, number>;
  /** The minute from which on they are complete; undefined if none is kept. */
  readonly since: number | undefined;
}

/** The sums of all messages of both hours. */
export interface HourSums {
  readonly current: number;
  readonly previous: number;
}

/** The sums of both hours, with the minutes. */
export interface TotalsByMinute extends StoredMinutes, MemoryBeginning, HourSums {}

/** The messages of both hours, with what is kept beside them. */
export interface Memory extends StoredMinutes, MemoryBeginning {
  readonly current: readonly Count[];
  readonly previous: readonly Count[];
  /** Of all messages, whether they were read or not. */
  readonly sums: HourSums;
  readonly pulses: ReadonlyMap<string, Pulse>;
  /** The minute from which on the minutes of messages are complete; undefined if none are kept. */
  readonly pulsesSince: number | undefined;
  readonly seen: ReadonlyMap<string, Seen>;
  readonly hasSamples: boolean;
}

function memoryKeys(keys: DestinationKeys): string[] {
  return [...windowKeys(keys), keys.minutes, keys.pulse, keys.seen, keys.samples];
}

/** The sums of the counts of both hours, and the log calls of each minute. */
export async function readTotalsByMinute(connection: Connection, keys: DestinationKeys): Promise<TotalsByMinute> {
  const [seconds, micros, current, previous, minutes, itself] = expectArray(
    await connection.run(READ_MEMORY, memoryKeys(keys), ['0', randomSeparator()]),
  );
  const totals = { current: Number(current), previous: Number(previous) };
  return { ...decodeMinutes(seconds, micros, minutes), ...totals, ...decodeItself(itself) };
}

/**
 * The counts of both hours and all that is kept beside them but for samples.
 *
 * @param hasWeek - whether `seen` is to have all messages of the week, and not only those of these two hours
 */
export async function readMemory(connection: Connection, keys: DestinationKeys, hasWeek = false): Promise<Memory> {
  const separator = randomSeparator();
  const reply = expectArray(await connection.run(READ_MEMORY, memoryKeys(keys), [hasWeek ? '2' : '1', separator]));
  const [seconds, micros, now, before, minutes, pulse, seen, itself, samples] = reply;
  return {
    ...decodeMinutes(seconds, micros, minutes),
    ...hourCounts(await toCounts(now, separator), await toCounts(before, separator)),
    ...(await decodePulses(pulse, separator)),
    seen: await decodeWeek(seen, separator, Math.floor(Number(seconds) / HOUR_SECONDS) - SEEN_HOURS),
    ...decodeItself(itself),
    hasSamples: Number(samples) > 0,
  };
}

/** A line of each message that has one, by message. */
export async function readSamples(
  connection: Connection,
  { samples }: DestinationKeys,
  messages: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const lines = new Map<string, string>();
  for (let at = 0; at < messages.length; at += MOST_SAMPLES) {
    const some = messages.slice(at, at + MOST_SAMPLES);
    const found = expectArray(await connection.run(READ_SAMPLES, [samples], some)) as (string | null)[];
    some.forEach((message, i) => {
      const text = found[i];
      if (text) lines.set(message, String(text).replace(/^\d+ /, ''));
    });
  }
  return lines;
}

/** The counts of both hours, of which all messages are known. */
export function hourCounts(
  current: readonly Count[],
  previous: readonly Count[],
): Pick<Memory, 'current' | 'previous' | 'sums'> {
  const sum = (counts: readonly Count[]): number => counts.reduce((total, [, count]) => total + count, 0);
  return { current, previous, sums: { current: sum(current), previous: sum(previous) } };
}

/** What an hour has under `<other>`; 0 for nothing. */
export function countOther(counts: readonly Count[]): number {
  return counts.find(([message]) => message === OTHER)?.[1] ?? 0;
}

export function decodeItself(flat: unknown): MemoryBeginning {
  const [, score] = expectArray(flat);
  if (score === undefined) return { seenSince: undefined, isBorn: false };
  return { seenSince: Math.floor(-Number(score) / 2), isBorn: -Number(score) % 2 === 1 };
}

export function decodeMinutes(seconds: unknown, micros: unknown, flat: unknown): StoredMinutes {
  const parts = expectArray(flat);
  const minutes = new Map<number, number>();
  let since: number | undefined;
  for (let i = 0; i < parts.length; i += 2) {
    const member = String(parts[i]);
    if (/^\d+$/.test(member)) minutes.set(Number(member), Number(parts[i + 1]));
    else if (member === 'since') since = Number(parts[i + 1]);
  }
  return { now: Number(seconds) * 1000 + Number(micros) / 1000, minutes, since };
}

/** @param oldest - the hour from which on messages are remembered */
async function decodeWeek(texts: unknown, separator: string, oldest: number): Promise<ReadonlyMap<string, Seen>> {
  const week = new Map<string, Seen>();
  await toPairs(texts, separator, (message, score) => {
    const seen = decodeSeen(score);
    if (seen.lastHour >= oldest) week.set(message, seen);
  });
  return week;
}

async function decodePulses(texts: unknown, separator: string): Promise<Pick<Memory, 'pulses' | 'pulsesSince'>> {
  const pulses = new Map<string, Pulse>();
  let pulsesSince: number | undefined;
  await toPairs(texts, separator, (message, text) => {
    const pulse = parsePulse(text);
    if (pulse) pulses.set(message, pulse);
    else if (message === ITSELF) pulsesSince = Number(text.split(' ')[0]);
  });
  return { pulses, pulsesSince };
}

export function decodeSeen(text: string): Seen {
  const score = Number(text);
  const rest = score % HOUR_UNIT;
  return { first: Math.floor(rest / 2), lastHour: Math.floor(score / HOUR_UNIT), isCertain: rest % 2 === 0 };
}
