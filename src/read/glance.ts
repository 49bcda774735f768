/** Looks at the messages of a logger that most probably tell what has changed, at the same cost however many it has. */

import type { Connection } from '../redis/connection';
import { ISO_HOUR } from '../redis/hour';
import { type DestinationKeys, destinationKeys, OTHER } from '../redis/keys';
import { defineScript, hasLength } from '../redis/script';
import { compareMessages, compareTotal } from './changes';
import { compareWith, type HourProgress, summarize, toProgress } from './compare';
import { decodeItself, decodeMinutes, decodeSeen, type Memory, type Seen } from './memory';
import type { MessageChange } from './message-change';
import { listMinutes, type MinuteCounts } from './minutes';
import { assertReadOptions } from './option-names';
import { type Pulse, parsePulse } from './pulse';
import { type Count, expectArray, READ_COUNTS, randomSeparator, WINDOWS, windowKeys } from './scripts';
import { Slices } from './slices';
import type { Source } from './source';
import type { Change } from './surge';
import { assertWindow, type MinuteWindow } from './windows';

const READ_GLANCE = defineScript(
  /* lua */ `
-- Reads the sums of this hour and of the hour before it, and some messages: those first seen last, those that began in the last
--   hour and were not logged in this one, and the most frequent.
--
-- KEYS[1] common   zset    message -> count in the hour of start
-- KEYS[2] start    string  that hour, YYYY-MM-DDTHH:00:00 in UTC
-- KEYS[3] last     zset    message -> count in the hour of pstart
-- KEYS[4] pstart   string  the previous hour in which something was logged
-- KEYS[5] minutes  zset    minute -> log calls
-- KEYS[6] pulse    hash    message -> its minutes
-- KEYS[7] seen     zset    message -> when it was last and first seen
--
-- ARGV[1] most messages of each kind
-- ARGV[2] a text that no message contains
-- ARGV[3] a message that is read in any case
--
-- Returns { epoch seconds, microseconds beyond them, the sum of this hour, that of the hour before it, the minutes with their log
--   calls, the member that is about seen itself with its score, texts with ARGV[2] between them: when minutes of messages are
--   complete from, then for each message itself, its counts of both hours, its score in seen and its pulse, each empty if there
--   is none }
${ISO_HOUR}
${READ_COUNTS}
${WINDOWS}

local common, start_key, last, pstart_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local minutes, pulse, seen = KEYS[5], KEYS[6], KEYS[7]
local most, separator, other = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now = tonumber(time[1])
local current = find_window(iso_hour(now), common, start_key, last, pstart_key)
local previous = find_window(iso_hour(now - 3600), common, start_key, last, pstart_key)
local messages, known = {}, { ['\\255'] = true }

local function add(found)
  for i = 1, #found do
    if not known[found[i]] then
      known[found[i]] = true
      messages[#messages + 1] = found[i]
    end
  end
end

add(redis.call('ZREVRANGE', seen, 0, most - 1))
-- What began in the last hour and was not logged since the hour turned comes after all that was.
local before = (math.floor(now / 3600) - 1) * 8589934592
local turned = redis.call('ZCOUNT', seen, string.format('%.17g', before + 8589934592), '+inf')
local ended, news = redis.call('ZREVRANGE', seen, turned, turned + most - 1, 'WITHSCORES'), {}
for i = 1, #ended, 2 do
  if ended[i + 1] - before >= 2 * (now - 3600) then news[#news + 1] = ended[i] end
end
add(news)
for _, window in ipairs({ current or false, previous or false }) do
  if window then add(redis.call('ZREVRANGE', window, 0, most - 1)) end
end
add({ other })
local pulses = redis.call('HMGET', pulse, '\\255', unpack(messages))
local parts = { pulses[1] or '' }
for i = 1, #messages do
  local message = messages[i]
  parts[#parts + 1] = message
  parts[#parts + 1] = current and redis.call('ZSCORE', current, message) or ''
  parts[#parts + 1] = previous and redis.call('ZSCORE', previous, message) or ''
  parts[#parts + 1] = redis.call('ZSCORE', seen, message) or ''
  parts[#parts + 1] = pulses[i + 1] or ''
end
return {
  time[1], time[2], sum_counts(current), sum_counts(previous), redis.call('ZREVRANGE', minutes, 0, -1, 'WITHSCORES'),
  redis.call('ZRANGEBYSCORE', seen, '-inf', '(0', 'WITHSCORES'), join_texts(parts, separator)
}
`,
  hasLength(7),
);

/** Messages of each kind that are looked at. */
const MOST = 50;

/** What to look at. */
export interface GlanceOptions {
  /** This hour, or the last minutes, from 1 to 60. @default 'current' */
  readonly window?: 'current' | MinuteWindow | undefined;
}

const GLANCE_OPTIONS: Readonly<Record<keyof GlanceOptions, true>> = { window: true };

/** What a glance at one severity of a logger tells. */
export interface SeverityGlance extends HourProgress {
  readonly severity: string;
  /** All log calls of the window. */
  readonly total: Change;
  /** Log calls of each of the last 120 minutes. */
  readonly minutes: MinuteCounts;
  /**
   * Like {@link RecentCommonReader.changes}, without samples, of at most 200 messages: the 50 that were first seen last, 50 that began
   * within an hour and were not logged in this one, and the 50 most frequent of each hour.
   */
  readonly changes: readonly MessageChange[];
}

/** Looks at severities of a logger, which are compared with one another and with no others. */
export async function glance(
  { connection, space }: Source,
  name: string,
  severities: readonly string[],
  options: GlanceOptions,
): Promise<SeverityGlance[]> {
  assertReadOptions(options, GLANCE_OPTIONS);
  const { window = 'current' } = options;
  assertWindow(window, ['current']);
  const minutes = typeof window === 'object' ? window.minutes : undefined;
  const keys = severities.map((severity) => destinationKeys(space, name, severity));
  const memories = await Promise.all(keys.map((each) => readGlance(connection, each)));
  const all = memories.map(summarize);
  const compared: SeverityGlance[] = [];
  for (const [i, memory] of memories.entries()) {
    const comparison = compareWith(memory, all, minutes);
    compared.push({
      severity: severities[i] as string,
      ...toProgress(memory.now),
      total: compareTotal(memory, comparison),
      minutes: listMinutes({ ...memory, current: memory.sums.current, previous: memory.sums.previous }),
      changes: await compareMessages(memory, comparison),
    });
  }
  return compared;
}

async function readGlance(connection: Connection, keys: DestinationKeys): Promise<Memory> {
  const separator = randomSeparator();
  const own = [...windowKeys(keys), keys.minutes, keys.pulse, keys.seen];
  const reply = expectArray(await connection.run(READ_GLANCE, own, [String(MOST), separator, OTHER]));
  const [seconds, micros, current, previous, minutes, itself, texts] = reply;
  // Replies of many loggers come in one turn.
  await new Slices().pause();
  return {
    ...decodeMinutes(seconds, micros, minutes),
    ...decodeItself(itself),
    ...decodeMessages(expectArray(texts).map(String).join(separator).split(separator)),
    sums: { current: Number(current), previous: Number(previous) },
    hasSamples: false,
  };
}

/** An infinite score is none that a writer gives. */
function isCounted(score: string | undefined): boolean {
  return Boolean(score) && Number.isFinite(Number(score));
}

function decodeMessages([since = '', ...parts]: string[]): Pick<
  Memory,
  'current' | 'previous' | 'pulses' | 'pulsesSince' | 'seen'
> {
  const [current, previous]: [Count[], Count[]] = [[], []];
  const [pulses, seen] = [new Map<string, Pulse>(), new Map<string, Seen>()];
  for (let i = 0; i < parts.length; i += 5) {
    const [message = '', now, before, score, text = ''] = parts.slice(i, i + 5);
    if (isCounted(now)) current.push([message, Number(now)]);
    if (isCounted(before)) previous.push([message, Number(before)]);
    if (score) seen.set(message, decodeSeen(score));
    const pulse = parsePulse(text);
    if (pulse) pulses.set(message, pulse);
  }
  return { current, previous, pulses, pulsesSince: since === '' ? undefined : Number(since.split(' ')[0]), seen };
}
