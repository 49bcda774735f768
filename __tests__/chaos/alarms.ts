/** Checks that each new message is told, by watchers that are killed, whatever goes wrong with Redis and with the receiver. */

import { setTimeout as sleep } from 'node:timers/promises';
import { RedisRecentCommonTransport } from '../../src';
import { AlarmSink } from '../support/alarms/alarm-sink';
import { killAlarmPrograms, type NewsEntry, NewsWriter, WatcherProgram } from '../support/alarms/programs';
import { toNumber } from '../support/alarms/words';
import { StoredLog } from '../support/redis/stored-log';
import { until } from '../support/wait';
import { ageSeen } from '../support/writers/seen';
import { reachRedis } from '../support/writers/writer-client';
import type { Fault } from './faults';
import { Random } from './random';
import { STAGES, type Stage } from './stages';
import { strikeFor } from './strike';

export interface AlarmChaosOptions {
  readonly variant: keyof typeof STAGES;
  readonly seconds: number;
  readonly seed: number;
  /** New messages a second. */
  readonly perSecond: number;
  readonly watchers: number;
  readonly digestAbove: number;
}

export interface AlarmChaosResult {
  /** How often each fault struck; 0 for a planned one that never did. */
  readonly faults: Readonly<Record<string, number>>;
  /** The planned faults that never struck. */
  readonly missed: readonly string[];
  readonly problems: readonly string[];
  readonly logged: number;
  readonly written: number;
  /** Messages that Redis has acknowledged and does not have. */
  readonly lost: number;
  readonly told: number;
  /** Messages that Redis has and nobody was told of. */
  readonly untold: number;
  /** Messages of which somebody was told more than once, with the same id. */
  readonly repeated: number;
  /** From the log call until the alarm was taken. */
  readonly delays: Delays;
  /** The same for messages of writers that were killed right after their batch, in loggers that nobody else logs to. */
  readonly delaysOfKilled: Delays;
}

/** In milliseconds. */
export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

const NAMES = Array.from({ length: 20 }, (_, i) => `service-${i}`);
/** Each writer that is killed logs to one of these. */
const NAMES_OF_KILLED = Array.from({ length: 10 }, (_, i) => `job-${i}`);
const ALL_NAMES = [...NAMES, ...NAMES_OF_KILLED];
const WRITERS = 3;
/** So long ago their loggers logged what they logged before. */
const PAST_HOURS = 48;
/** Messages that a writer has numbers for. */
const NUMBERS = 10_000;
/** A leader is killed so often. */
const KILL_INTERVAL_MS = 10_000;
const PAUSE_MS = 4000;
const PROGRAM_TIMEOUT_MS = 60_000;
/** A try is put off for a minute at most, and all loggers are looked through once a minute. */
const TELL_TIMEOUT_MS = 180_000;
/** In a cluster a message whose note died with its writer is found within six minutes. */
const CLUSTER_TELL_TIMEOUT_MS = 480_000;

/** Lets new messages be logged and told while everything goes wrong, then compares what was told with what Redis has. */
export async function runAlarmChaos(options: AlarmChaosOptions): Promise<AlarmChaosResult> {
  const stage = await STAGES[options.variant]();
  const random = new Random(options.seed - 1);
  const sink = await AlarmSink.start(() => random.next());
  const run = new Run(stage, sink, options);
  try {
    await run.logPast();
    await run.start();
    const faults = await strikeFor({ ...options, pauseMs: PAUSE_MS }, [
      ...stage.faults,
      [run.leaderFault()],
      [run.writerFault()],
    ]);
    await stage.heal();
    sink.heal();
    return await run.finish(faults);
  } finally {
    await killAlarmPrograms();
    await sink.stop();
    await stage.stop();
  }
}

/** The watchers and writers of a run. */
class Run {
  readonly #stage: Stage;
  readonly #sink: AlarmSink;
  readonly #options: AlarmChaosOptions;
  readonly #watchers: WatcherProgram[] = [];
  readonly #writers: NewsWriter[] = [];
  readonly #killed: NewsWriter[] = [];
  #connections = 0;

  constructor(stage: Stage, sink: AlarmSink, options: AlarmChaosOptions) {
    this.#stage = stage;
    this.#sink = sink;
    this.#options = options;
  }

  /** A logger is quiet in its first hour. */
  async logPast(): Promise<void> {
    const reached = await reachRedis(this.#nextConnection());
    const transport = new RedisRecentCommonTransport({ ...reached, name: ({ service }) => String(service) });
    for (const service of ALL_NAMES) transport.log({ level: 'error', message: 'known', service });
    await transport.close();
    if ('client' in reached) reached.client.destroy();
    const { inspector, inKeys } = this.#stage;
    for (const name of ALL_NAMES) await ageSeen(inspector, `common:${inKeys(name)}:error`, PAST_HOURS);
  }

  async start(): Promise<void> {
    const { watchers, perSecond } = this.#options;
    await Promise.all(Array.from({ length: watchers }, () => this.#startWatcher()));
    for (let i = 0; i < WRITERS; i++) this.#writers.push(this.#startWriter(perSecond / WRITERS, false));
  }

  leaderFault(): Fault {
    return {
      title: 'leader killed',
      strike: async () => {
        const began = performance.now();
        const leader = await until(() => this.#findLeader());
        await leader.kill();
        this.#watchers.splice(this.#watchers.indexOf(leader), 1);
        await this.#startWatcher();
        await sleep(Math.max(0, KILL_INTERVAL_MS - (performance.now() - began)));
      },
    };
  }

  writerFault(): Fault {
    return {
      title: 'writer killed right after its batch',
      strike: async () => {
        const writer = this.#startWriter(0, true);
        this.#killed.push(writer);
        const timer = setTimeout(() => void writer.kill(), PROGRAM_TIMEOUT_MS);
        await writer.ended();
        clearTimeout(timer);
        if (![...writer.news.values()].some(({ isWritten }) => isWritten)) throw new Error('nothing was written');
      },
    };
  }

  async finish(faults: Readonly<Record<string, number>>): Promise<AlarmChaosResult> {
    await Promise.all(this.#writers.map((writer) => writer.end()));
    const stored = await this.#readStored();
    const { received, failedBefore, failedAfter } = this.#sink;
    const untold = (): number[] => [...stored].filter((number) => !received.has(number));
    const isCluster = this.#options.variant === 'cluster';
    await until(() => untold().length === 0, isCluster ? CLUSTER_TELL_TIMEOUT_MS : TELL_TIMEOUT_MS).catch(
      () => undefined,
    );
    const ended = await Promise.all(this.#watchers.map((watcher) => watcher.end()));
    const all = { ...faults, 'onAlarm failed before': failedBefore, 'onAlarm failed after': failedAfter };
    const problems = [...this.#sink.problems, ...untold().map((number) => this.#explain(number, stored))];
    if (untold().length > 0) problems.push(...ended.flatMap(({ warnings }) => warnings.slice(-3)));
    return {
      faults: all,
      missed: Object.entries(all).flatMap(([title, count]) => (count === 0 ? [title] : [])),
      problems,
      untold: untold().length,
      ...this.#sum(stored),
    };
  }

  #sum(stored: ReadonlySet<number>): Omit<AlarmChaosResult, 'faults' | 'missed' | 'problems' | 'untold'> {
    const { received } = this.#sink;
    const news = listNews([...this.#writers, ...this.#killed]);
    const written = [...news].filter(([, { isWritten }]) => isWritten);
    return {
      logged: news.size,
      written: written.length,
      lost: written.filter(([number]) => !stored.has(number)).length,
      told: received.size,
      repeated: [...received.values()].filter(({ times }) => times > 1).length,
      delays: this.#measureDelays(this.#writers),
      delaysOfKilled: this.#measureDelays(this.#killed),
    };
  }

  #measureDelays(writers: readonly NewsWriter[]): Delays {
    const delays = [...listNews(writers)].flatMap(([number, { loggedMs }]) => {
      const alarm = this.#sink.received.get(number);
      return alarm ? [alarm.atMs - loggedMs] : [];
    });
    delays.sort((a, b) => a - b);
    const at = (share: number): number => delays[Math.floor(share * (delays.length - 1))] ?? Number.NaN;
    return { p50: at(0.5), p99: at(0.99), longest: at(1) };
  }

  #explain(number: number, stored: ReadonlySet<number>): string {
    const entry = listNews([...this.#writers, ...this.#killed]).get(number);
    const neighbours = [number - 1, number + 1].map((other) => `${other}: ${stored.has(other)}`).join(', ');
    return `message ${number} was never told: ${JSON.stringify(entry)}; stored beside it: ${neighbours}`;
  }

  /** The numbers of the messages that Redis has. */
  async #readStored(): Promise<Set<number>> {
    const { inspector, inKeys } = this.#stage;
    const numbers = new Set<number>();
    for (const name of ALL_NAMES) {
      const log = new StoredLog(inspector, '', inKeys(name), 'error');
      for (const message of [await log.current(), await log.last()].flatMap(Object.keys)) {
        const number = toNumber(message);
        if (number !== undefined) numbers.add(number);
      }
    }
    return numbers;
  }

  async #findLeader(): Promise<WatcherProgram | undefined> {
    const answers = await Promise.all(this.#watchers.map(async (watcher) => ({ watcher, ...(await watcher.stats()) })));
    return answers.find(({ stats }) => stats.isLeading)?.watcher;
  }

  async #startWatcher(): Promise<void> {
    const { digestAbove } = this.#options;
    const options = { connection: this.#nextConnection(), sink: this.#sink.url, digestAbove };
    this.#watchers.push(await WatcherProgram.start(options));
  }

  #startWriter(perSecond: number, isKilled: boolean): NewsWriter {
    const order = this.#writers.length + this.#killed.length;
    const names = isKilled ? [NAMES_OF_KILLED[order % NAMES_OF_KILLED.length] as string] : NAMES;
    const connection = this.#nextConnection();
    return new NewsWriter({ connection, names, first: order * NUMBERS, perSecond, isKilled });
  }

  #nextConnection(): Stage['connections'][number] {
    const { connections } = this.#stage;
    return connections[this.#connections++ % connections.length] as Stage['connections'][number];
  }
}

function listNews(writers: readonly NewsWriter[]): Map<number, NewsEntry> {
  return new Map(writers.flatMap(({ news }) => [...news]));
}
