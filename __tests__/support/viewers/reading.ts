import { createClient } from 'redis';
import { type CommonWindow, type MessageChange, RecentCommonReader, type RecentLine } from '../../../src';
import { ServerClock } from '../redis/server-clock';
import { RedisServer } from '../redis/servers';
import { type Counts, sum, total } from '../redis/stored-log';
import { until } from '../wait';
import { countsOf, GroupWriter, KINDS, PARTS, partOf } from '../writers/group-writer';
import { TurningHours } from '../writers/turning-hours';

const HOUR_S = 3600;
const HOUR_MS = 1000 * HOUR_S;
/** Every so many turns, three hours pass at once: the hour before is then empty. */
const JUMP_EVERY = 4;
const JUMP_HOURS = 3;
/** A machine that runs many processes at once may take long to start them. */
const TIMEOUT_MS = 120_000;

export interface ReadingOptions {
  /** How long it lasts, if that is enough for so many turns of the hour; else until they have been. */
  readonly seconds: number;
  readonly leastTurns: number;
  readonly writers: number;
  readonly readers: number;
  readonly groupsPerSecond: number;
}

/** For what is looked at and set besides what is tested. */
const openClient = (url: string) => createClient({ url, RESP: 2 });

/** What readers saw while others wrote. */
export interface ReadingResult {
  /** How often all was read. */
  readonly rounds: number;
  /** Those of them in whose midst the hour turned. */
  readonly turnedAmidst: number;
  readonly hours: number;
  readonly logged: number;
  /** What was seen and cannot have been, in words; the first few. */
  readonly problems: readonly string[];
}

/** The counts of an hour, by the milliseconds at which it begins. */
interface Window {
  readonly hour: number;
  readonly counts: Counts;
}

const isSame = (a: Counts, b: Counts): boolean => isWithin(a, b) && isWithin(b, a);
const isWithin = (a: Counts, b: Counts): boolean =>
  Object.entries(a).every(([message, count]) => count <= (b[message] ?? 0));

/** Whether the parts of a group were all there or none of them, in each group. */
function isWhole(counts: Counts): boolean {
  return Array.from({ length: KINDS }, (_, kind) => kind).every((kind) => {
    const parts = new Set(Array.from({ length: PARTS }, (_, part) => counts[partOf(kind, part)] ?? 0));
    return parts.size === 1;
  });
}

const isCount = (count: number): boolean => Number.isInteger(count) && count >= 0;

/** What all readers know together: what each hour ended with, and what they saw that cannot have been. */
class Findings {
  readonly problems: string[] = [];
  readonly #finals = new Map<number, Counts>();
  /** Sums of hours whose counts were not known yet. */
  readonly #claims: { readonly hour: number; readonly sum: number }[] = [];

  expect(isTrue: boolean, what: () => unknown): void {
    if (!isTrue && this.problems.length < 10) this.problems.push(JSON.stringify(what()));
  }

  /** An hour that is over, as someone saw it: all have to see the same. */
  ended({ hour, counts }: Window): void {
    const final = this.#finals.get(hour);
    if (final) this.expect(isSame(final, counts), () => ['an hour that was over changed', hour, final, counts]);
    else this.#finals.set(hour, counts);
  }

  endedWith(hour: number, sumOfAll: number): void {
    this.#claims.push({ hour, sum: sumOfAll });
  }

  final(hour: number): Counts | undefined {
    return this.#finals.get(hour);
  }

  /** Holds the sums against the counts, and all of these against what was logged. */
  settle(last: Window, logged: Counts): void {
    for (const { hour, sum: claimed } of this.#claims) {
      const final = this.#finals.get(hour);
      this.expect(final !== undefined && total(final) === claimed, () => ['a wrong sum', hour, final, claimed]);
    }
    const counted = [...this.#finals.values(), last.counts].reduce(sum, {});
    this.expect(isSame(counted, logged), () => ['not all are counted', counted, logged]);
  }
}

/** Reads on and on, and holds each thing that it reads against what it has read before. */
class Observer {
  rounds = 0;
  turnedAmidst = 0;
  readonly #reader: RecentCommonReader;
  readonly #findings: Findings;
  /** The least that this hour can hold, and the least number that the newest line can have. */
  #least: Window = { hour: 0, counts: {} };
  #leastSum = 0;
  #newest = 0;

  constructor(reader: RecentCommonReader, findings: Findings) {
    this.#reader = reader;
    this.#findings = findings;
  }

  /** This hour's counts, as they were last read. */
  get current(): Window {
    return this.#least;
  }

  /** One round: each view, with this hour's counts before and after the one of both hours. */
  async look(): Promise<void> {
    const before = this.#current(await this.#reader.common('app', 'info'));
    const changes = await this.#reader.changes('app', 'info');
    const after = this.#current(await this.#reader.common('app', 'info'));
    const previous = this.#windowOf(await this.#reader.common('app', 'info', { window: 'previous' }));
    this.#findings.ended(previous);
    this.#changes(changes, before, after);
    this.#lines(await this.#reader.recent('app', 'info'));
    await this.#overview();
    this.rounds++;
    if (before.hour !== after.hour || previous.hour !== before.hour - HOUR_MS) this.turnedAmidst++;
  }

  #windowOf({ start, total: all, messages }: CommonWindow): Window {
    const counts = Object.fromEntries(messages.map(({ message, count }) => [message, count]));
    this.#expectTrue(counts, all);
    return { hour: start.getTime(), counts };
  }

  #current(common: CommonWindow): Window {
    const window = this.#windowOf(common);
    this.#neverLess(window.hour, total(window.counts));
    if (window.hour === this.#least.hour) {
      this.#findings.expect(isWithin(this.#least.counts, window.counts), () => ['counts fell', this.#least, window]);
    }
    this.#least = window;
    return window;
  }

  #neverLess(hour: number, all: number): void {
    const isLess = hour < this.#least.hour || (hour === this.#least.hour && all < this.#leastSum);
    this.#findings.expect(!isLess, () => ['a sum or an hour fell', this.#least.hour, this.#leastSum, hour, all]);
    this.#leastSum = all;
    if (hour !== this.#least.hour) this.#least = { hour, counts: {} };
  }

  #expectTrue(counts: Counts, all: number): void {
    const isTrue = Object.values(counts).every(isCount) && isWhole(counts) && total(counts) === all;
    this.#findings.expect(isTrue, () => ['a window that never was', counts, all]);
  }

  /** Both windows are of one instant: of an hour between the two that were read before and after, and the one before it. */
  #changes(changes: readonly MessageChange[], first: Window, last: Window): void {
    const pick = (of: 'count' | 'previous'): Counts =>
      Object.fromEntries(changes.filter((change) => change[of] !== 0).map((change) => [change.message, change[of]]));
    const [now, then] = [pick('count'), pick('previous')];
    for (const counts of [now, then]) this.#expectTrue(counts, total(counts));
    const isOf = (hour: number): boolean => {
      const final = this.#findings.final(hour - HOUR_MS);
      const least = hour === first.hour ? first.counts : {};
      const most = hour === last.hour ? last.counts : (this.#findings.final(hour) ?? now);
      return final !== undefined && isSame(then, final) && isWithin(least, now) && isWithin(now, most);
    };
    this.#findings.expect(isOf(first.hour) || isOf(last.hour), () => ['mixed windows', now, then, first, last]);
  }

  async #overview(): Promise<void> {
    const told = await this.#reader.overview();
    for (const { start, elapsed, count, previous } of told) {
      const hour = start.getTime();
      const isTrue = [count, previous].every((each) => isCount(each) && each % PARTS === 0);
      this.#findings.expect(isTrue && elapsed >= 0 && elapsed < 1, () => ['a sum that never was', told]);
      this.#neverLess(hour, count);
      this.#findings.endedWith(hour - HOUR_MS, previous);
    }
    this.#findings.expect(told.length === 1, () => ['not one logger', told]);
  }

  #lines(lines: readonly RecentLine[]): void {
    const [{ seq: newest } = { seq: 0 }] = lines;
    const isInOrder = lines.every(({ seq }, i) => seq === newest - i);
    const isTrue = newest % PARTS === 0 && lines.length % PARTS === 0 && lines.every(isInGroup(lines));
    this.#findings.expect(isInOrder && isTrue && newest >= this.#newest, () => ['lines that never were', lines]);
    this.#newest = newest;
  }
}

/** Whether a line, of lines that are newest first, is the part that stands where it does in its group. */
function isInGroup(lines: readonly RecentLine[]): (line: RecentLine, i: number) => boolean {
  return ({ message }, i) => {
    const last = lines[i - (i % PARTS)]?.message ?? '';
    return message === last.replace(/part \d+/, `part ${PARTS - 1 - (i % PARTS)}`);
  };
}

/** Lets the hour turn whenever every reader has read all at least once in it, and something was written in it. */
async function turnHours(
  hours: TurningHours,
  clock: ServerClock,
  observers: readonly Observer[],
  findings: Findings,
  { seconds, leastTurns }: ReadingOptions,
): Promise<number> {
  const end = performance.now() + 1000 * seconds;
  let turns = 0;
  let hour = Date.parse(`${await hours.hour()}Z`);
  findings.ended({ hour: hour - HOUR_MS, counts: {} });
  while (performance.now() < end || turns < leastTurns) {
    const rounds = observers.map((observer) => observer.rounds);
    await until(() => observers.every((observer, i) => observer.rounds >= (rounds[i] as number) + 2), TIMEOUT_MS);
    const passed = ++turns % JUMP_EVERY === 0 ? JUMP_HOURS : 1;
    for (let i = 1; i < passed; i++) findings.ended({ hour: hour + i * HOUR_MS, counts: {} });
    clock.advance(passed * HOUR_S);
    const start = await hours.hour();
    await until(async () => (await hours.windows()).start === start, TIMEOUT_MS);
    findings.ended({ hour, counts: (await hours.windows()).last });
    hour = Date.parse(`${start}Z`);
  }
  return turns;
}

interface Scene {
  readonly server: RedisServer;
  readonly clock: ServerClock;
  readonly redis: ReturnType<typeof openClient>;
  readonly writers: readonly GroupWriter[];
}

async function startScene({ writers, groupsPerSecond }: ReadingOptions): Promise<Scene> {
  const clock = ServerClock.create();
  const server = await RedisServer.start({ env: clock.env });
  const redis = openClient(server.url);
  redis.on('error', () => undefined);
  await redis.connect();
  const options = { url: server.url, groupsPerSecond };
  const started = Array.from({ length: writers }, (_, writer) => new GroupWriter({ ...options, writer }));
  return { server, clock, redis, writers: started };
}

async function endScene({ server, clock, redis, writers }: Scene): Promise<void> {
  await Promise.all(writers.map((writer) => writer.kill()));
  redis.destroy();
  await server.stop();
  clock.remove();
}

/** Lets processes write and the hour turn while readers read everything, and holds what they see against what was logged. */
export async function runReading(options: ReadingOptions): Promise<ReadingResult> {
  const scene = await startScene(options);
  try {
    return await readWhile(scene, options);
  } finally {
    await endScene(scene);
  }
}

async function readWhile({ server, clock, redis, writers }: Scene, options: ReadingOptions): Promise<ReadingResult> {
  const hours = new TurningHours(clock, redis, 'app');
  // It does not turn by itself.
  hours.setIntoHour(HOUR_S / 4);
  await Promise.race([
    until(async () => (await redis.hLen('common:app:info:writers')) === writers.length, TIMEOUT_MS),
    // None ends by itself.
    ...writers.map((writer) => writer.ended()),
  ]);
  const findings = new Findings();
  const readers = Array.from(
    { length: options.readers },
    (_, i) => new RecentCommonReader(i % 2 === 0 ? { url: server.url } : { client: redis }),
  );
  const observers = readers.map((reader) => new Observer(reader, findings));
  let isReading = true;
  const looking = observers.map(async (observer) => {
    while (isReading) await observer.look();
  });
  const turning = turnHours(hours, clock, observers, findings, options).finally(() => {
    isReading = false;
  });
  const [turns] = await Promise.all([turning, ...looking]);
  for (const writer of writers) writer.stop();
  const groups = await Promise.all(writers.map((writer) => writer.ended()));
  const logged = groups.map(countsOf).reduce(sum, {});
  await Promise.all(observers.map((observer) => observer.look()));
  const last = { hour: Date.parse(`${await hours.hour()}Z`), counts: (await hours.windows()).current };
  for (const { current } of observers) findings.expect(isSame(current.counts, last.counts), () => ['not all', current]);
  findings.settle(last, logged);
  for (const reader of readers) reader.close();
  const sumOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    rounds: sumOf(observers.map(({ rounds }) => rounds)),
    turnedAmidst: sumOf(observers.map(({ turnedAmidst }) => turnedAmidst)),
    hours: turns + 1,
    logged: total(logged),
    problems: findings.problems,
  };
}
