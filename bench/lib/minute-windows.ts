/** Simulates windows of minutes: how often a status is a false alarm, and how soon a surge is found, with when it began. */

import type { Random } from '../../__tests__/chaos/random';
import { compareMessages } from '../../src/read/changes';
import { hourCounts, type Memory } from '../../src/read/memory';
import type { MessageChange } from '../../src/read/message-change';
import type { Pulse } from '../../src/read/pulse';
import { normal, poisson } from './random';

const HOUR = 60;
const MINUTE_MS = 60_000;
const MESSAGES = 2000;
/** Minutes since the beginning of the hour before: it is half past, or the hour has just turned. */
const [HALF_PAST, TURNED] = [90, 61];
const SURGED = 2;
const RATES = [10, 100, 1000, 10_000];
const WINDOWS = [2, 5, 15];
const LONG_WINDOWS = [5, 15, 60];
/** Surges, by their factors, and the minutes since they began. */
const SURGES = [3, 10];
const AGES = [3, 10, 40];

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
    shape: (minute) => (minute >= HALF_PAST - SURGED ? 10 : 1),
  },
];

function sum(counts: readonly number[], from: number, to: number): number {
  return counts.slice(from, to).reduce((total, count) => total + count, 0);
}

/** What is kept of a message that was logged so often in each minute. */
function makePulse(counts: readonly number[]): Pulse {
  const last = counts.length - 1;
  const closed = new Map(counts.slice(0, last).map((count, minute) => [minute, count] as const));
  return { open: last, base: sum(counts, HOUR, last), since: 0, closed, returned: 0, gap: 0 };
}

/** A window of messages of one kind. */
interface Case extends Omit<Kind, 'title'> {
  readonly rate: number;
  readonly window: number;
  /** Minutes since the beginning of the hour before. */
  readonly now: number;
}

async function simulate(random: Random, { wobble, shape, rate, window, now }: Case): Promise<MessageChange[]> {
  const messages = Array.from({ length: MESSAGES }, () => {
    const factor = Math.exp(wobble * normal(random));
    return Array.from({ length: now }, (_, minute) => {
      const mean = (rate / HOUR) * shape(minute) * (minute >= now - window ? factor : 1);
      return poisson(random, mean);
    });
  });
  const count = (from: number, to: number): [string, number][] =>
    messages.map((counts, i): [string, number] => [`message ${i}`, sum(counts, from, to)]).filter(([, n]) => n > 0);
  const known = { first: 0, lastHour: 0, isCertain: true };
  const memory: Memory = {
    now: now * MINUTE_MS - 1,
    ...hourCounts(count(HOUR, now), count(0, HOUR)),
    seen: new Map(messages.map((_, i) => [`message ${i}`, known])),
    seenSince: 0,
    isBorn: false,
    minutes: new Map(
      Array.from({ length: now }, (_, minute) => [
        minute,
        messages.reduce((all, counts) => all + (counts[minute] ?? 0), 0),
      ]),
    ),
    since: 0,
    pulses: new Map(messages.map((counts, i) => [`message ${i}`, makePulse(counts)])),
    pulsesSince: 0,
    hasSamples: false,
  };
  return compareMessages(memory, { hasBaseline: true, loggerSince: 0, minutes: window });
}

const percent = (part: number, whole: number): string => (whole > 0 ? ((100 * part) / whole).toFixed(1) : '-');

async function printStatuses(random: Random, kind: Kind, windows: readonly number[], now: number): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (const rate of RATES) {
    for (const window of windows) {
      const changes = await simulate(random, { ...kind, rate, window, now });
      const share = (status: string): string =>
        percent(changes.filter((change) => change.status === status).length, MESSAGES);
      const shares = { surging: share('surging'), fading: share('fading') };
      rows.push({ 'rate, per hour': rate, 'minutes of the window': window, ...shares });
    }
  }
  console.log(`\n${kind.title}, % of messages`);
  console.table(rows);
}

/** How many surges are told with their beginnings, and how far these are from the truth. */
async function printBeginnings(random: Random): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (const rate of RATES.slice(1)) {
    for (const factor of SURGES) {
      for (const age of AGES) {
        const shape = (minute: number): number => (minute >= HALF_PAST - age ? factor : 1);
        const changes = await simulate(random, { wobble: 0.3, shape, rate, window: 5, now: HALF_PAST });
        const surging = changes.filter(({ status }) => status === 'surging');
        const told = surging.flatMap(({ surgingSince }) =>
          surgingSince ? [Math.abs(surgingSince.getTime() / MINUTE_MS - (HALF_PAST - age))] : [],
        );
        const within = (minutes: number): string =>
          percent(told.filter((error) => error <= minutes).length, told.length);
        const surge = { 'rate, per hour': rate, 'times the rate': factor, 'minutes ago': age };
        const found = {
          surging: percent(surging.length, MESSAGES),
          'with beginning': percent(told.length, surging.length),
        };
        rows.push({ ...surge, ...found, 'right to the minute': within(0), 'to within one': within(1) });
      }
    }
  }
  console.log('\nBeginnings of surges, window of 5 minutes, % of messages, of those surging, and of those told');
  console.table(rows);
}

/** Prints the shares of messages that are called surging or fading, and how well the beginnings of surges are found. */
export async function printMinuteWindows(random: Random): Promise<void> {
  for (const kind of KINDS) await printStatuses(random, kind, WINDOWS, HALF_PAST);
  const title = 'The same for steady rates in the first minute of an hour, with long windows: false alarms';
  await printStatuses(random, { title, wobble: 0.3, shape: () => 1 }, LONG_WINDOWS, TURNED);
  await printBeginnings(random);
}
