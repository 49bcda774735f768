/** Simulates windows of minutes: how often a status is a false alarm, and how soon a surge is found. */

import type { Random } from '../../__tests__/chaos/random';
import { compareMessages } from '../../src/read/changes';
import { hourCounts, type Memory } from '../../src/read/memory';
import type { Pulse } from '../../src/read/pulse';
import { normal, poisson } from './random';

const HOUR = 60;
const MINUTE_MS = 60_000;
const MESSAGES = 2000;
/** Minutes since the beginning of the hour before: it is half past. */
const NOW = 90;
const RATES = [10, 100, 1000, 10_000];
const WINDOWS = [2, 5, 15];

interface Kind {
  readonly title: string;
  /** Standard deviation of the logarithm of a factor that each window has of its own. */
  readonly wobble: number;
  /** The rate of a minute, as a factor. */
  readonly shape: (minute: number) => number;
}

const KINDS: readonly Kind[] = [
  { title: 'Windows of minutes, rates that wobble by 30 %: false alarms', wobble: 0.3, shape: () => 1 },
  {
    title: 'Windows of minutes, rates of a morning, which double in three hours, and wobble by 30 %: false alarms',
    wobble: 0.3,
    shape: (minute) => 2 ** (minute / 180),
  },
  {
    title: 'Windows of minutes, rates that surged to ten times two minutes ago: surges found',
    wobble: 0.3,
    shape: (minute) => (minute >= NOW - 2 ? 10 : 1),
  },
];

function sum(counts: readonly number[], from: number, to: number): number {
  return counts.slice(from, to).reduce((total, count) => total + count, 0);
}

/** What is kept of a message that was logged so often in each minute. */
function makePulse(counts: readonly number[]): Pulse {
  const last = NOW - 1;
  const closed = new Map(counts.slice(0, last).map((count, minute) => [minute, count] as const));
  return { open: last, base: sum(counts, HOUR, last), since: 0, closed, returned: 0, gap: 0 };
}

async function simulate(random: Random, kind: Kind, rate: number, window: number): Promise<Record<string, unknown>> {
  const messages = Array.from({ length: MESSAGES }, () => {
    const factor = Math.exp(kind.wobble * normal(random));
    return Array.from({ length: NOW }, (_, minute) => {
      const mean = (rate / HOUR) * kind.shape(minute) * (minute >= NOW - window ? factor : 1);
      return poisson(random, mean);
    });
  });
  const count = (from: number, to: number): [string, number][] =>
    messages.map((counts, i): [string, number] => [`message ${i}`, sum(counts, from, to)]).filter(([, n]) => n > 0);
  const known = { first: 0, lastHour: 0, isCertain: true };
  const memory: Memory = {
    now: NOW * MINUTE_MS - 1,
    ...hourCounts(count(HOUR, NOW), count(0, HOUR)),
    seen: new Map(messages.map((_, i) => [`message ${i}`, known])),
    seenSince: 0,
    isBorn: false,
    minutes: new Map(
      Array.from({ length: NOW }, (_, minute) => [
        minute,
        messages.reduce((all, counts) => all + (counts[minute] ?? 0), 0),
      ]),
    ),
    since: 0,
    pulses: new Map(messages.map((counts, i) => [`message ${i}`, makePulse(counts)])),
    pulsesSince: 0,
    hasSamples: false,
  };
  const changes = await compareMessages(memory, { hasBaseline: true, loggerSince: 0, minutes: window });
  const share = (status: string): string =>
    ((100 * changes.filter((change) => change.status === status).length) / MESSAGES).toFixed(1);
  return {
    'rate, per hour': rate,
    'minutes of the window': window,
    surging: share('surging'),
    fading: share('fading'),
  };
}

/** Prints the shares of messages that are called surging or fading. */
export async function printMinuteWindows(random: Random): Promise<void> {
  for (const kind of KINDS) {
    const rows: Record<string, unknown>[] = [];
    for (const rate of RATES) for (const window of WINDOWS) rows.push(await simulate(random, kind, rate, window));
    console.log(`\n${kind.title}, % of messages`);
    console.table(rows);
  }
}
