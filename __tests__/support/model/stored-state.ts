/** Reads all that Redis holds of destinations. */

import { countMinutes, parsePulse } from '../../../src/read/pulse';
import { defineScript, runScript } from '../../../src/redis/script';
import type { Workspace } from '../workspace';
import { FIRST_HOUR, FIRST_MINUTE, FIRST_SECOND } from './clock';
import type { ModelClocks } from './clocks';

type Redis = Workspace['redis'];

/** Keys of one destination. */
export const STATE_KEYS = [
  'recent',
  'seq',
  'common',
  'start',
  'last',
  'pstart',
  'writers',
  'minutes',
  'pulse',
  'seen',
  'samples',
] as const;

/** All that is stored of destinations, in one round trip. */
const READ = defineScript(/* lua */ `
local found = {}
for i = 1, #KEYS, 11 do
  found[#found + 1] = {
    redis.call('LRANGE', KEYS[i], 0, -1), redis.call('GET', KEYS[i + 1]),
    redis.call('ZRANGE', KEYS[i + 2], 0, -1, 'WITHSCORES'), redis.call('GET', KEYS[i + 3]),
    redis.call('ZRANGE', KEYS[i + 4], 0, -1, 'WITHSCORES'), redis.call('GET', KEYS[i + 5]),
    redis.call('HVALS', KEYS[i + 6]), redis.call('ZRANGE', KEYS[i + 7], 0, -1, 'WITHSCORES'), redis.call('HGETALL', KEYS[i + 8]),
    redis.call('ZRANGE', KEYS[i + 9], 0, -1, 'WITHSCORES'), redis.call('HGETALL', KEYS[i + 10])
  }
end
return found
`);

type Text = string | null;
type Found = [string[], Text, string[], Text, string[], Text, string[], string[], string[], string[], string[]];

/** The member or field that no message can be, as a client reads it. */
const OWN = '\ufffd';

function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i] as string, flat[i + 1] as string];
}

const parseCounts = (members: readonly string[]): Record<string, number> =>
  Object.fromEntries([...pairs(members)].map(([message, count]) => [message, Number(count)]));

const toHour = (start: Text): number => (start === null ? 0 : Date.parse(`${start}Z`) / 3_600_000 - FIRST_HOUR);

/** The minutes of the two hours up to that of the window. */
function readMinutes(flat: readonly string[], hour: number): Record<string, unknown> {
  const scores = new Map([...pairs(flat)].map(([member, score]) => [member, Number(score)]));
  const since = scores.get('since');
  const entries = [...scores].flatMap(([member, calls]) => {
    const minute = Number(member) - FIRST_MINUTE;
    return Math.floor(minute / 60) >= hour - 1 ? [[minute, calls] as const] : [];
  });
  return {
    minutes: Object.fromEntries(entries),
    minutesSince: since === undefined ? Number.NaN : since - FIRST_MINUTE,
  };
}

function readPulses([, , common, start, last, pstart, , , pulse]: Found, clocks: ModelClocks): Record<string, unknown> {
  const windows = new Map([
    [toHour(pstart), parseCounts(last)],
    [toHour(start), parseCounts(common)],
  ]);
  const all = new Map(pairs(pulse));
  const since = Number(all.get(OWN)?.split(' ')[0]) - FIRST_MINUTE;
  all.delete(OWN);
  const to = FIRST_MINUTE + clocks.serverMinute;
  const entries = [...all].flatMap(([message, text]) => {
    const entry = parsePulse(text);
    if (!entry || Math.floor((entry.open - FIRST_MINUTE) / 60) < toHour(start) - 1) return [];
    const countIn = (hour: number): number | undefined => windows.get(hour - FIRST_HOUR)?.[message];
    const counts = countMinutes(entry, to - 59, to, countIn).map((count, i) => {
      return count === null || clocks.serverMinute - 59 + i < since ? '-' : count;
    });
    const returned = entry.returned && entry.returned - FIRST_MINUTE;
    return [[message, `${counts.join(' ')} returned ${returned} after ${entry.gap}`] as const];
  });
  return { pulses: Object.fromEntries(entries) };
}

function readSeen(flat: readonly string[]): Record<string, unknown> {
  const itself = [...pairs(flat)].find(([message]) => message === OWN);
  const since = -Number(itself?.[1]);
  const entries = [...pairs(flat)].flatMap(([message, score]) => {
    const [hour, rest] = [Math.floor(Number(score) / 2 ** 33), Number(score) % 2 ** 33];
    const first = Math.floor(rest / 2) - FIRST_SECOND;
    return Number(score) < 0 ? [] : [[message, { hour: hour - FIRST_HOUR, first, isCertain: rest % 2 === 0 }] as const];
  });
  const seenSince = itself && { second: Math.floor(since / 2) - FIRST_SECOND, isBorn: since % 2 === 1 };
  return { seen: Object.fromEntries(entries), seenSince };
}

function readSamples(flat: readonly string[], start: Text): Record<string, unknown> {
  const entries = [...pairs(flat)].flatMap(([message, text]) => {
    const [, hour, line] = /^(\d+) (.*)$/s.exec(text) ?? [];
    const isOld = Number(hour) - FIRST_HOUR < toHour(start) - 1;
    return message === OWN || isOld ? [] : [[message, { hour: Number(hour) - FIRST_HOUR, line }] as const];
  });
  return { samples: Object.fromEntries(entries) };
}

/** What Redis holds of destinations, by the keys of each, as {@link STATE_KEYS} has them. */
export async function readState(redis: Redis, keys: string[], clocks: ModelClocks): Promise<Record<string, unknown>[]> {
  const states = (await runScript(redis, READ, keys, [])) as Found[];
  return states.map((found) => {
    const [recent, seq, common, start, last, pstart, writers, minutes, , seen, samples] = found;
    return {
      recent,
      seq: Number(seq),
      common: parseCounts(common),
      last: parseCounts(last),
      start,
      pstart,
      writers: writers.map((entry) => entry.slice(entry.indexOf(' ') + 1)).sort(),
      ...readMinutes(minutes, toHour(start)),
      ...readPulses(found, clocks),
      ...readSeen(seen),
      ...readSamples(samples, start),
    };
  });
}
