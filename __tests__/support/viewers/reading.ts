/** Readers beside processes that log, while the hour turns. */

import { createClient } from 'redis';
import { RecentCommonReader } from '../../../src';
import { ServerClock } from '../redis/server-clock';
import { RedisServer } from '../redis/servers';
import { sum, total } from '../redis/stored-log';
import { until } from '../wait';
import { countGroups, GroupWriter } from '../writers/group-writer';
import { TurningHours } from '../writers/turning-hours';
import { Findings, isSame } from './findings';
import { Observer } from './observer';

const HOUR_S = 3600;
const HOUR_MS = 1000 * HOUR_S;
/** At each fourth turn, three hours pass at once, so that the hour before is empty. */
const JUMP_EVERY = 4;
const JUMP_HOURS = 3;
/** A busy machine may take long to start many processes. */
const TIMEOUT_MS = 120_000;

export interface ReadingOptions {
  readonly seconds: number;
  /** Turns of the hour. It lasts longer than `seconds` if there were fewer. */
  readonly leastTurns: number;
  readonly writers: number;
  readonly readers: number;
  readonly groupsPerSecond: number;
}

/** A client of the test itself. */
const openClient = (url: string) => createClient({ url, RESP: 2 });

/** What readers saw while others wrote. */
export interface ReadingResult {
  /** How often everything was read. */
  readonly rounds: number;
  /** Rounds during which the hour turned. */
  readonly turnedAmidst: number;
  readonly hours: number;
  readonly logged: number;
  /** The first few findings that cannot be true, in words. */
  readonly problems: readonly string[];
}

/** Turns the hour whenever every reader has read everything in it and something was written in it. */
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

/** Lets processes write and the hour turn while readers read everything. Compares what they see with what was logged. */
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
  const logged = groups.map(countGroups).reduce(sum, {});
  await Promise.all(observers.map((observer) => observer.look()));
  const last = { hour: Date.parse(`${await hours.hour()}Z`), counts: (await hours.windows()).current };
  for (const { current } of observers) findings.expect(isSame(current.counts, last.counts), () => ['not all', current]);
  findings.settle(last, logged);
  for (const reader of readers) reader.close();
  const addUp = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    rounds: addUp(observers.map(({ rounds }) => rounds)),
    turnedAmidst: addUp(observers.map(({ turnedAmidst }) => turnedAmidst)),
    hours: turns + 1,
    logged: total(logged),
    problems: findings.problems,
  };
}
