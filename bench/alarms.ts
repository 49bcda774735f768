/** npm run bench:alarms: how soon each new message is told, and what watchers take of Redis and of their own processes. */

import { setTimeout as sleep } from 'node:timers/promises';
import { ServerClock } from '../__tests__/support/redis/server-clock';
import { RedisRecentCommonTransport } from '../src';
import { type Child, startChild } from './lib/child';
import { type Given, parseNames, parseNumber, runProgram } from './lib/options';
import { type BenchServer, watchServers, withServer } from './lib/redis';
import { describeMachine, writeJson } from './lib/report';
import { quantile } from './lib/statistics';
import type { News, NewsTask } from './measures/news';
import type { Watched, WatchersTask } from './measures/watchers';

const HOUR_S = 3600;
/** Processes that the watchers, and those that log, share. */
const WATCHER_PROCESSES = 4;
const LOGGER_PROCESSES = 2;
/** How long is waited after the last log call. */
const AFTERWARDS_MS = 10_000;
/** How long the first look of a watcher may take. */
const SETTLE_MS = 8000;
/** After the first log calls. */
const WARM_UP_MS = 2000;
const PARTS = ['latency', 'load'];

const OPTIONS = {
  part: { value: 'a,b', meaning: `of ${PARTS.join(', ')} or all; all by default` },
  watchers: { value: 'n', meaning: 'how many watchers share the work; 64 by default' },
  loggers: { value: 'n', meaning: 'loggers of the new messages; 200 by default' },
  messages: { value: 'n', meaning: 'new messages; 1000 by default' },
  seconds: { value: 's', meaning: 'in how long they are logged; 60 by default' },
  'loaded-loggers': { value: 'n', meaning: 'loggers of which the load is measured; 2000 by default' },
  'loaded-seconds': {
    value: 's',
    meaning: 'for how long, twice as long while they log; 60 by default, the time of a round',
  },
  rate: { value: 'n', meaning: 'known messages that they log a second, together; 200 by default' },
  json: { value: 'file', meaning: 'file for the results; none by default' },
};

type Options = Given<keyof typeof OPTIONS>;

/** What was told of the messages of a run. Times are in milliseconds. */
interface Told {
  readonly messages: number;
  readonly alarms: number;
  readonly missed: number;
  readonly twice: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What watchers take. */
interface Load {
  readonly scriptsPerSecond: number;
  readonly commandsPerSecond: number;
  /** Of a core. */
  readonly serverShare: number;
  /** Of a core, by each process of watchers. */
  readonly watcherShares: readonly number[];
  readonly looks: number;
}

const toName = (n: number): string => `service-${n}`;

/** Loggers with a past: a logger is quiet in its first hour. */
async function logPast(server: BenchServer, clock: ServerClock, loggers: number): Promise<void> {
  await server.empty();
  const transport = new RedisRecentCommonTransport({ url: server.url, name: ({ app }) => String(app) });
  for (let n = 0; n < loggers; n++) transport.log({ level: 'error', message: 'known', app: toName(n) });
  await transport.close();
  clock.advance(2 * HOUR_S);
}

async function startWatchers(tasks: readonly WatchersTask[]): Promise<Child<Watched>[]> {
  const children = tasks.map((task) => startChild<Watched>('watchers', task));
  await Promise.all(children.map((child) => child.ready()));
  await sleep(SETTLE_MS);
  for (const child of children) child.go();
  await Promise.all(children.map((child) => child.ready()));
  return children;
}

function end(children: readonly Child<Watched>[]): Promise<Watched[]> {
  for (const child of children) child.go();
  return Promise.all(children.map(({ result }) => result));
}

/** The same number for each process, as far as that goes. */
function spread(count: number, processes: number): number[] {
  const used = Math.min(count, processes);
  return Array.from({ length: used }, (_, i) => Math.floor((count + i) / used));
}

async function measureLatency(options: Options, server: BenchServer, clock: ServerClock): Promise<Told> {
  const [loggers, messages] = [
    parseNumber(options.loggers, 'loggers', 200, 1),
    parseNumber(options.messages, 'messages', 1000, 1),
  ];
  const seconds = parseNumber(options.seconds, 'seconds', 60, 1);
  const count = parseNumber(options.watchers, 'watchers', 64, 1);
  await logPast(server, clock, loggers);
  const names = Array.from({ length: loggers }, (_, n) => toName(n));
  const parts = spread(messages, Math.min(LOGGER_PROCESSES, loggers));
  const writers = parts.map((part, i) => {
    const own = names.filter((_, n) => n % parts.length === i);
    const task: NewsTask = { url: server.url, names: own, first: i * messages, messages: part, seconds };
    return startChild<News>('news', task);
  });
  await Promise.all(writers.map((writer) => writer.ready()));
  const watchers = await startWatchers(
    spread(count, WATCHER_PROCESSES).map((each) => ({ url: server.url, watchers: each })),
  );
  for (const writer of writers) writer.go();
  const logged = (await Promise.all(writers.map(({ result }) => result))).flat();
  await sleep(AFTERWARDS_MS);
  return compare(
    logged,
    (await end(watchers)).flatMap(({ told }) => told),
  );
}

function compare(logged: News, told: Watched['told']): Told {
  const began = new Map(logged);
  const first = new Map([...told].reverse());
  const delays = [...first].flatMap(([message, ms]) => {
    const at = began.get(message);
    return at === undefined ? [] : [ms - at];
  });
  return {
    messages: logged.length,
    alarms: told.length,
    missed: logged.filter(([message]) => !first.has(message)).length,
    twice: told.length - first.size,
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    max: Math.max(...delays),
  };
}

function printLatency(options: Options, told: Told): void {
  const { messages, alarms, missed, twice, p50, p99, max } = told;
  const [watchers, loggers, seconds] = [options.watchers ?? 64, options.loggers ?? 200, options.seconds ?? 60];
  console.log(`\n${watchers} watchers, ${loggers} loggers, new messages within ${seconds} s: from log call to onAlarm`);
  const [at50, at99, atMost] = [p50, p99, max].map((ms) => ms.toFixed(0));
  console.table([{ messages, alarms, missed, twice, 'p50, ms': at50, 'p99, ms': at99, 'max, ms': atMost }]);
  if (missed + twice > 0) process.exitCode = 1;
}

/** What is measured: the watchers of each process, and log calls a second. */
interface LoadedBy {
  readonly title: string;
  readonly processes: readonly number[];
  readonly rate: number;
}

async function measureLoad(
  options: Options,
  server: BenchServer,
  clock: ServerClock,
  { processes, rate }: LoadedBy,
): Promise<Load> {
  const loggers = parseNumber(options['loaded-loggers'], 'loaded-loggers', 2000, 1);
  const seconds = parseNumber(options['loaded-seconds'], 'loaded-seconds', 60, 1) * (rate > 0 ? 2 : 1);
  await logPast(server, clock, loggers);
  const names = Array.from({ length: loggers }, (_, n) => toName(n));
  const writing = seconds + (2 * WARM_UP_MS) / 1000;
  const task: NewsTask = {
    url: server.url,
    names,
    first: 0,
    known: 'known',
    messages: rate * writing,
    seconds: writing,
  };
  const writers = rate > 0 ? [startChild<News>('news', task)] : [];
  await Promise.all(writers.map((writer) => writer.ready()));
  const watchers = await startWatchers(processes.map((each) => ({ url: server.url, watchers: each })));
  for (const writer of writers) writer.go();
  await sleep(WARM_UP_MS);
  const costs = await watchServers([server.url]);
  await sleep(1000 * seconds);
  const [cost] = await costs();
  const watched = await end(watchers);
  await Promise.all(writers.map(({ result }) => result));
  return {
    scriptsPerSecond: (cost?.sent ?? 0) / seconds,
    commandsPerSecond: (cost?.executed ?? 0) / seconds,
    serverShare: (cost?.seconds ?? 0) / seconds,
    watcherShares: watched.map(({ cpuSeconds }) => cpuSeconds / seconds),
    looks: watched.flatMap(({ stats }) => stats).reduce((sum, { looks }) => sum + looks, 0),
  };
}

async function measureLoads(options: Options, server: BenchServer, clock: ServerClock): Promise<Record<string, Load>> {
  const count = parseNumber(options.watchers, 'watchers', 64, 1);
  const rate = parseNumber(options.rate, 'rate', 200, 1);
  const all = spread(count, WATCHER_PROCESSES);
  const many = `${count} watchers in ${all.length} processes`;
  const rows: LoadedBy[] = [
    { title: 'nothing logged, 1 watcher', processes: [1], rate: 0 },
    { title: 'nothing logged, 2 watchers', processes: [1, 1], rate: 0 },
    { title: `nothing logged, ${many}`, processes: all, rate: 0 },
    { title: `${rate} log calls/s, no watcher`, processes: [], rate },
    { title: `${rate} log calls/s, 1 watcher`, processes: [1], rate },
    { title: `${rate} log calls/s, ${many}`, processes: all, rate },
  ];
  const loads: Record<string, Load> = {};
  for (const row of rows) loads[row.title] = await measureLoad(options, server, clock, row);
  return loads;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function printLoads(options: Options, loads: Readonly<Record<string, Load>>): void {
  console.log(`\nWatchers of ${options['loaded-loggers'] ?? 2000} loggers`);
  const rows = Object.entries(loads).map(([title, each]) => [
    title,
    {
      'scripts/s': each.scriptsPerSecond.toFixed(1),
      'commands/s': each.commandsPerSecond.toFixed(1),
      'server CPU, share of a core': percent(each.serverShare),
      'CPU of each process': each.watcherShares.map(percent).join(', '),
      looks: each.looks,
    },
  ]);
  console.table(Object.fromEntries(rows));
}

async function run(options: Options): Promise<void> {
  const parts = parseNames(options.part, 'part', PARTS);
  const clock = ServerClock.create();
  try {
    await withServer(async (server) => {
      const machine = describeMachine(server.version);
      console.log(machine);
      const latency = parts.includes('latency') ? await measureLatency(options, server, clock) : undefined;
      if (latency) printLatency(options, latency);
      const loads = parts.includes('load') ? await measureLoads(options, server, clock) : undefined;
      if (loads) printLoads(options, loads);
      writeJson(options.json, { date: new Date(), machine, latency, loads });
    }, clock.env);
  } finally {
    clock.remove();
  }
}

void runProgram('npm run bench:alarms', OPTIONS, run);
