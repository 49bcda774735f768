/** Simulates the looks of a watcher: how often it tells a surge or a return that is none, and how soon it tells one that is. */

import type { Random } from '../../__tests__/chaos/random';
import { compareMessages } from '../../src/read/changes';
import { hourCounts, type Memory } from '../../src/read/memory';
import type { ChangeStatus } from '../../src/read/surge';
import { isBeyondPeak, NEWS_WINDOW, SURGE_WINDOW } from '../../src/watch/findings';
import { ROUND_MS } from '../../src/watch/lookout';
import { WATCHER_DEFAULTS } from '../../src/watch/options';
import { normalize, SHAPES, type Shape, WEEK } from './daily-shapes';
import { poisson } from './random';
import { quantile } from './statistics';

const HOUR = 60;
const DAY = 24 * HOUR;
const MINUTE_MS = 60_000;
const RATES = [3, 10, 100, 1000, 10_000];
/** Log calls a day of messages that are rare. */
const RARE = [0.3, 1, 3, 10];
const SURGE_RATES = [10, 100, 1000];
const SURGE_FACTOR = 10;
/** A surge that is not found in so many minutes counts as one that is not found. */
const PATIENCE = 60;
/** Minutes before a surge begins. */
const BEFORE = 3 * HOUR;

/** How often a message was logged. Looks come once a minute, each at the same time within it. */
interface Calls {
  /** Log calls of each whole minute. */
  readonly whole: readonly number[];
  /** Log calls of each minute before the look in it. */
  readonly begun: readonly number[];
}

/**
 * @param mean - log calls that are expected between two times, in minutes
 * @param phase - when the look comes, as a share of the minute
 */
function drawCalls(random: Random, minutes: number, phase: number, mean: (from: number, to: number) => number): Calls {
  const begun = Array.from({ length: minutes }, (_, minute) => poisson(random, mean(minute, minute + phase)));
  const whole = begun.map((calls, minute) => calls + poisson(random, mean(minute + phase, minute + 1)));
  return { whole, begun };
}

function sum(counts: readonly number[], from: number, to: number): number {
  let total = 0;
  for (let minute = Math.max(from, 0); minute < to; minute++) total += counts[minute] as number;
  return total;
}

/** What Redis has of some messages of one logger at a look. */
function remember(messages: readonly Calls[], minute: number, phase: number): Memory {
  const hour = minute - (minute % HOUR);
  const known = { first: 0, lastHour: 0, isCertain: true };
  const names = messages.map((_, i) => `message ${i}`);
  const base = messages.map(({ whole }) => sum(whole, hour, minute));
  const count = (i: number): number => (base[i] as number) + ((messages[i] as Calls).begun[minute] as number);
  const previous = messages.map(({ whole }) => sum(whole, hour - HOUR, hour));
  const pairs = (pick: (i: number) => number): [string, number][] =>
    names.map((name, i): [string, number] => [name, pick(i)]).filter(([, calls]) => calls > 0);
  const total = (at: number): number =>
    messages.reduce((all, { whole, begun }) => all + ((at === minute ? begun : whole)[at] as number), 0);
  const minutes = Array.from({ length: minute - hour + HOUR + 1 }, (_, i) => hour - HOUR + i).filter((at) => at >= 0);
  return {
    now: Math.round((minute + phase) * MINUTE_MS),
    ...hourCounts(
      pairs(count),
      pairs((i) => previous[i] as number),
    ),
    seen: new Map(names.map((name) => [name, known])),
    seenSince: 0,
    isBorn: false,
    minutes: new Map(minutes.map((at) => [at, total(at)])),
    since: 0,
    pulses: new Map(
      messages.map(({ whole }, i) => [
        names[i] as string,
        {
          open: minute,
          base: base[i] as number,
          since: 0,
          closed: new Map(minutes.slice(0, -1).map((at) => [at, whole[at] as number])),
          returned: 0,
          gap: 0,
        },
      ]),
    ),
    pulsesSince: 0,
    hasSamples: false,
  };
}

/** The messages that a look finds to be surging, by their order. */
async function findSurging(messages: readonly Calls[], minute: number, phase: number): Promise<number[]> {
  const memory = remember(messages, minute, phase);
  const first = Math.max(minute - (minute % HOUR) - HOUR, 0);
  const changes = await compareMessages(memory, { hasBaseline: true, loggerSince: 0, ...SURGE_WINDOW });
  return changes.flatMap(({ message, status, count }) => {
    const order = Number(message.slice('message '.length));
    const { whole, begun } = messages[order] as Calls;
    const known = [...whole.slice(first, minute), begun[minute] as number];
    return status === 'surging' && isBeyondPeak(count, known) ? [order] : [];
  });
}

/** Surges that are told of messages in a week. */
async function countAlarms(random: Random, shape: Shape, rate: number, messages: number): Promise<number[]> {
  const phase = random.next();
  const calls = Array.from({ length: messages }, () => {
    const factors = normalize(shape.draw(random));
    return drawCalls(
      random,
      WEEK,
      phase,
      (from, to) => ((to - from) * rate * (factors[Math.floor(from)] as number)) / HOUR,
    );
  });
  const told = calls.map((): number[] => []);
  const cooldown = WATCHER_DEFAULTS.cooldownMs / MINUTE_MS;
  for (let minute = 2 * HOUR; minute < WEEK; minute += ROUND_MS / MINUTE_MS) {
    for (const order of await findSurging(calls, minute, phase)) {
      const last = told[order]?.at(-1) ?? -Infinity;
      if (minute - last >= cooldown) told[order]?.push(minute);
    }
  }
  return told.map(({ length }) => length);
}

/** Prints how many surges are told of messages that nothing is wrong with. */
export async function printWeek(random: Random, messages: number): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (const shape of SHAPES) {
    const row: Record<string, unknown> = { 'shape of the rate': shape.title };
    for (const rate of RATES) {
      const alarms = await countAlarms(random, shape, rate, messages);
      row[`${rate} an hour`] = (alarms.reduce((all, count) => all + count, 0) / messages).toFixed(2);
    }
    rows.push(row);
  }
  console.log(`\nFalse alarms: surges told of a message in a week, mean of ${messages} messages`);
  console.table(rows);
}

/** How a message that was logged before stands in the window of news when it comes again. */
async function findStatus(minute: number, before: number, first: number): Promise<ChangeStatus | undefined> {
  const hour = Math.floor(minute / HOUR);
  const gap = hour - Math.floor(before / HOUR);
  const memory = remember([{ whole: [], begun: [] }], 0, 0);
  const [change] = await compareMessages(
    {
      ...memory,
      now: (minute + 1) * MINUTE_MS - 1,
      ...hourCounts([['message 0', 1]], []),
      seen: new Map([['message 0', { first: first * 60, lastHour: hour, isCertain: true }]]),
      minutes: new Map([[minute, 1]]),
      pulses: new Map([
        ['message 0', { open: minute, base: 0, since: 0, closed: new Map(), returned: gap > 0 ? minute : 0, gap }],
      ]),
    },
    { hasBaseline: true, loggerSince: 0, ...NEWS_WINDOW },
  );
  return change?.status;
}

/** Prints how often a rare message is told to have returned, or to be new again. */
export async function printReturns(random: Random, messages: number): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (const perDay of RARE) {
    const told = { returned: 0, new: 0 };
    for (let i = 0; i < messages; i++) {
      let [before, first] = [0, 0];
      for (let at = 0; at < 2 * WEEK; ) {
        at += Math.ceil((-Math.log(1 - random.next()) * DAY) / perDay);
        const isForgotten = Math.floor(at / HOUR) - Math.floor(before / HOUR) > WEEK / HOUR;
        if (isForgotten) first = at;
        const isBack = !isForgotten && (await findStatus(at, before, first)) === 'returned';
        // The first week is what the memory of a week begins with.
        const isMeasured = at >= WEEK && at < 2 * WEEK;
        if (isMeasured && isForgotten) told.new++;
        if (isMeasured && isBack) told.returned++;
        before = at;
      }
    }
    const share = (count: number): string => (count / messages).toFixed(2);
    rows.push({ 'log calls a day': perDay, returned: share(told.returned), new: share(told.new) });
  }
  console.log(`\nRare messages: alarms of a message in a week, mean of ${messages} messages`);
  console.table(rows);
}

/** Minutes until a surge is told; undefined if it is not. */
async function measureDelay(random: Random, rate: number): Promise<number | undefined> {
  const [phase, began] = [random.next(), BEFORE + random.next() * HOUR];
  const length = Math.ceil(began) + PATIENCE + 1;
  const surged = (at: number): number => at + (SURGE_FACTOR - 1) * Math.max(at - began, 0);
  const calls = drawCalls(random, length, phase, (from, to) => ((surged(to) - surged(from)) * rate) / HOUR);
  for (let minute = Math.floor(began); minute < length; minute++) {
    if (minute + phase < began) continue;
    if ((await findSurging([calls], minute, phase)).length > 0) return minute + phase - began;
  }
  return undefined;
}

/** Prints how soon a surge is told. */
export async function printDelays(random: Random, messages: number): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (const rate of SURGE_RATES) {
    const delays: number[] = [];
    for (let i = 0; i < messages; i++) {
      const delay = await measureDelay(random, rate);
      if (delay !== undefined) delays.push(delay);
    }
    const at = (share: number): string => quantile(delays, share)?.toFixed(1) ?? '';
    rows.push({
      'rate before, per hour': rate,
      'told within an hour, %': ((100 * delays.length) / messages).toFixed(1),
      'p50, min': at(0.5),
      'p90, min': at(0.9),
      'p99, min': at(0.99),
    });
  }
  console.log(`\nSurges to ${SURGE_FACTOR} times the rate: minutes until they are told, of ${messages} messages`);
  console.table(rows);
}
