/** npm run bench:growth: how Redis copes with more writers, more distinct messages and more masters. */

import { startCluster } from '../__tests__/support/redis/cluster';
import { type Child, startChild } from './lib/child';
import { type Given, parseNames, parseNumber, parseNumbers, runProgram } from './lib/options';
import { type BenchServer, type ServerCost, watchServers, withServer } from './lib/redis';
import { describeMachine, writeJson } from './lib/report';
import type { WriterTask, Written } from './measures/writer';

const LINGERS = [0, 50, 200];
/** Processes that the writers of a simulated fleet share. */
const FLEET_PROCESSES = 2;
/** Batches that each of them writes at least. Of fewer, the last one, cut short by the flush, would weigh too much. */
const FLEET_LINGERS = 5;
const CLUSTER_WRITERS = 6;

const PARTS = ['writers', 'fleet', 'distinct', 'clusters'];

const OPTIONS = {
  part: { value: 'a,b', meaning: `of ${PARTS.join(', ')} or all; all by default` },
  writers: { value: 'a,b', meaning: 'numbers of processes that write; 1,2,4,8,16 by default' },
  rate: { value: 'n', meaning: 'lines/s of each of them; 1000 by default, 0 for as fast as possible' },
  fleet: { value: 'a,b', meaning: 'numbers of writers in a simulated fleet; 100,400 by default' },
  'fleet-rate': { value: 'a,b', meaning: 'lines/s of each of them; 1,10,100 by default' },
  'fleet-linger': { value: 'a,b', meaning: 'its lingerMs; 50,1000 by default' },
  distinct: { value: 'a,b', meaning: 'numbers of distinct messages; 10,1000,100000,1000000 by default' },
  seconds: { value: 's', meaning: 'how long each logs; 3 by default' },
  json: { value: 'file', meaning: 'file for the results; none by default' },
};

type Options = Given<keyof typeof OPTIONS>;

/** The results of all writers and all servers. */
interface Growth {
  readonly written: readonly Written[];
  readonly costs: readonly ServerCost[];
  readonly seconds: number;
}

/** Starts writers, each in a process of its own, and lets them all begin at the same time. */
async function write(tasks: readonly WriterTask[]): Promise<Growth> {
  const children = tasks.map((task): Child<Written> => startChild('writer', task));
  await Promise.all(children.map((child) => child.ready()));
  const costsSince = await watchServers(tasks[0]?.urls ?? []);
  for (const child of children) child.go();
  const written = await Promise.all(children.map(({ result }) => result));
  const costs = await costsSince();
  return { written, costs, seconds: Math.max(...written.map(({ seconds }) => seconds)) };
}

function formatRow({ written, costs, seconds }: Growth): object {
  const lines = written.reduce((sum, writer) => sum + writer.lines, 0);
  const cpu = written.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const scripts = costs.reduce((sum, { sent }) => sum + sent, 0);
  const batches = costs.reduce((sum, cost) => sum + cost.batches, 0);
  const server = costs.reduce((sum, cost) => sum + cost.seconds, 0);
  const shares = costs.map((cost) => `${((100 * cost.seconds) / seconds).toFixed(1)} %`);
  return {
    'lines/s': Math.round(lines / seconds),
    'batches/s': Math.round(batches / seconds),
    // Outside of a cluster a batch carries the note of its destination in the index.
    'index notes/s': Math.round((scripts - batches) / seconds),
    'lines/batch': (lines / batches).toFixed(1),
    'server CPU, share of a core': shares.join(' + '),
    'server CPU/script, µs': ((1e6 * server) / scripts).toFixed(1),
    'server CPU/line, µs': ((1e6 * server) / lines).toFixed(2),
    'writer CPU/line, µs': ((1e6 * cpu) / lines).toFixed(1),
  };
}

/** A table that gets a row with each measurement. */
class Table {
  readonly rows: Record<string, Growth> = {};

  async add(title: string, server: Pick<BenchServer, 'empty'>, tasks: readonly WriterTask[]): Promise<void> {
    await server.empty();
    this.rows[title] = await write(tasks);
  }

  print(title: string): void {
    console.log(`\n${title}`);
    console.table(Object.fromEntries(Object.entries(this.rows).map(([row, growth]) => [row, formatRow(growth)])));
  }
}

async function measureWriters(options: Options, server: BenchServer, task: WriterTask): Promise<Table> {
  const rate = parseNumber(options.rate, 'rate', 1000);
  const table = new Table();
  for (const lingerMs of LINGERS) {
    for (const count of parseNumbers(options.writers, 'writers', [1, 2, 4, 8, 16])) {
      const writer = { ...task, lingerMs, ...(rate > 0 && { linesPerSecond: rate }) };
      await table.add(`lingerMs ${lingerMs}, ${count} writers`, server, Array(count).fill(writer));
    }
  }
  table.print(`Writers of one logger name and severity, each ${rate > 0 ? `${rate} lines/s` : 'as fast as possible'}`);
  return table;
}

async function measureFleets(options: Options, server: BenchServer, task: WriterTask): Promise<Table> {
  const table = new Table();
  for (const count of parseNumbers(options.fleet, 'fleet', [100, 400])) {
    const names = Array(Math.ceil(count / FLEET_PROCESSES)).fill('app');
    for (const rate of parseNumbers(options['fleet-rate'], 'fleet-rate', [1, 10, 100])) {
      for (const lingerMs of parseNumbers(options['fleet-linger'], 'fleet-linger', [50, 1000])) {
        const seconds = Math.max(task.seconds, (FLEET_LINGERS * lingerMs) / 1000);
        const writer = { ...task, names, lingerMs, seconds, linesPerSecond: rate * names.length };
        const title = `${count} writers, ${rate} lines/s each, lingerMs ${lingerMs}`;
        await table.add(title, server, Array(FLEET_PROCESSES).fill(writer));
      }
    }
  }
  table.print('A simulated fleet, each writer with a connection of its own');
  return table;
}

async function measureDistinct(options: Options, server: BenchServer, task: WriterTask): Promise<Table> {
  const table = new Table();
  for (const distinct of parseNumbers(options.distinct, 'distinct', [10, 1000, 100_000, 1_000_000])) {
    await table.add(`${distinct} messages`, server, [{ ...task, distinct }]);
  }
  table.print('Distinct messages, one writer, as fast as possible');
  return table;
}

async function measureClusters(task: WriterTask): Promise<Table> {
  const table = new Table();
  for (const masters of [1, 3]) {
    const cluster = await startCluster({ masters });
    try {
      const empty = (): Promise<unknown> => Promise.all(cluster.nodes.map((node) => node.command(['FLUSHALL'])));
      const tasks = Array.from({ length: CLUSTER_WRITERS }, (_, i) => {
        const names = [0, 1, 2].map((n) => `app${3 * i + n}`);
        return { ...task, urls: cluster.urls, isCluster: true, names, lingerMs: 0, linesPerSecond: 3000 };
      });
      await table.add(`${masters} masters`, { empty }, tasks);
    } finally {
      await cluster.stop();
    }
  }
  table.print(`Clusters, ${CLUSTER_WRITERS} writers of three logger names, each 3000 lines/s, lingerMs 0`);
  return table;
}

async function run(options: Options): Promise<void> {
  const parts = parseNames(options.part, 'part', PARTS);
  const seconds = parseNumber(options.seconds, 'seconds', 3, 0.5);
  await withServer(async (server) => {
    const machine = describeMachine(server.version);
    console.log(machine);
    const task = { urls: [server.url], isCluster: false, names: ['app'], lingerMs: 50, distinct: 200, seconds };
    const measures: Readonly<Record<string, () => Promise<Table>>> = {
      writers: () => measureWriters(options, server, task),
      fleet: () => measureFleets(options, server, task),
      distinct: () => measureDistinct(options, server, task),
      clusters: () => measureClusters(task),
    };
    const results: Record<string, object | undefined> = {};
    for (const part of parts) results[part] = (await measures[part]?.())?.rows;
    writeJson(options.json, { date: new Date(), machine, results });
  });
}

void runProgram('npm run bench:growth', OPTIONS, run);
