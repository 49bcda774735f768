import { OURS } from './contenders/contenders';
import { runChild } from './lib/child';
import { type Given, namesOf, numberOf, numbersOf, runProgram } from './lib/options';
import { type BenchServer, withServer } from './lib/redis';
import { machineOf, median, ratiosOf, rounds, spreadOf, writeJson } from './lib/report';
import type { Footprint } from './measures/footprint';
import type { Latency } from './measures/latency';
import type { Rate } from './measures/rate';

/** What Redis feels of this transport, beside others, and how soon a line can be seen in it. */

const CONTENDERS = [OURS, 'multi', 'evalsha', 'seed'];
const WORKLOADS = ['200-messages', 'all-distinct'];
/** What the book's algorithm can keep up with as well. */
const PACED_LINES_PER_SECOND = 1000;
const DISTINCT = [1, 200, 5000, 20_000];
const MESSAGE_LENGTH = 40;

const PARTS = ['costs', 'memory', 'latency'];

const OPTIONS = {
  part: { value: 'a,b', meaning: `of ${PARTS.join(', ')}` },
  rounds: { value: 'n', meaning: 'how often each is measured; 3 by default' },
  seconds: { value: 's', meaning: 'how long each logs; 2 by default' },
  latency: { value: 's', meaning: 'how long latency is measured at each rate; 10 by default' },
  rates: { value: 'a,b', meaning: 'lines a second at which it is measured; 1,100,10000 by default' },
  json: { value: 'file', meaning: 'where the results go; nowhere by default' },
};

type Options = Given<keyof typeof OPTIONS>;
type Rates = ReadonlyMap<string, Rate[]>;

async function measureCosts(
  options: Options,
  server: BenchServer,
  workload: string,
  linesPerSecond?: number,
): Promise<Rates> {
  const seconds = numberOf(options.seconds, 'seconds', 2, 0.1);
  const rates = new Map<string, Rate[]>(CONTENDERS.map((contender) => [contender, []]));
  for (const { contender } of rounds(CONTENDERS, numberOf(options.rounds, 'rounds', 3, 1))) {
    await server.empty();
    const task = { contender, workload, url: server.url, seconds, warmUpSeconds: 0.5, linesPerSecond };
    rates.get(contender)?.push(await runChild<Rate>('rate', task));
  }
  return rates;
}

function printCosts(title: string, rates: Rates): void {
  const cpuOf = (contender: string): number[] =>
    (rates.get(contender) ?? []).map(({ server, lines }) => (1e6 * server.seconds) / lines);
  const rows = [...rates].map(([contender, measured]) => {
    const perLine = (pick: (rate: Rate) => number): string =>
      median(measured.map((rate) => pick(rate) / rate.lines)).toPrecision(3);
    return [
      contender,
      {
        'lines/s': Math.round(median(measured.map(({ lines, seconds }) => lines / seconds))),
        'server CPU, µs/line': perLine(({ server }) => 1e6 * server.seconds),
        [`times ${OURS}`]: spreadOf(ratiosOf(cpuOf(contender), cpuOf(OURS)), 1),
        'commands sent/line': perLine(({ server }) => server.sent),
        'carried out/line': perLine(({ server }) => server.carriedOut),
        'bytes in/line': perLine(({ server }) => server.bytesIn),
        'bytes out/line': perLine(({ server }) => server.bytesOut),
      },
    ];
  });
  console.log(`\n${title}`);
  console.table(Object.fromEntries(rows));
}

async function measureFootprints(server: BenchServer): Promise<Record<string, Footprint>> {
  const footprints: Record<string, Footprint> = {};
  for (const distinct of DISTINCT) {
    await server.empty();
    const task = { url: server.url, distinct, messageLength: MESSAGE_LENGTH };
    const footprint = await runChild<Footprint>('footprint', task);
    const all = Object.values(footprint).reduce((sum, bytes) => sum + bytes, 0);
    footprints[distinct] = { ...footprint, all };
  }
  console.log(`\nMemory of one logger name and severity, bytes, by distinct messages of ${MESSAGE_LENGTH} characters`);
  console.table(footprints);
  return footprints;
}

async function measureLatencies(options: Options, server: BenchServer): Promise<Record<string, Latency>> {
  const seconds = numberOf(options.latency, 'latency', 10, 1);
  const latencies: Record<string, Latency> = {};
  const rows: Record<string, object> = {};
  for (const linesPerSecond of numbersOf(options.rates, 'rates', [1, 100, 10_000])) {
    for (const isRead of [false, true]) {
      await server.empty();
      const latency = await runChild<Latency>('latency', { url: server.url, linesPerSecond, seconds, isRead });
      const title = `${linesPerSecond} lines/s, ${isRead ? 'read by another process' : 'acknowledged'}`;
      latencies[title] = latency;
      const { lines, p50, p99, max } = latency;
      rows[title] = { lines, 'p50, ms': p50.toFixed(2), 'p99, ms': p99.toFixed(2), 'most, ms': max.toFixed(2) };
    }
  }
  console.log('\nFrom the log call until a line is');
  console.table(rows);
  return latencies;
}

async function measureAllCosts(options: Options, server: BenchServer): Promise<Record<string, object>> {
  const costs: Record<string, object> = {};
  for (const workload of WORKLOADS) {
    for (const pace of [undefined, PACED_LINES_PER_SECOND]) {
      const title = `${workload}, ${pace === undefined ? 'as fast as it can' : `${pace} lines a second`}`;
      const rates = await measureCosts(options, server, workload, pace);
      printCosts(title, rates);
      costs[title] = Object.fromEntries(rates);
    }
  }
  return costs;
}

async function run(options: Options): Promise<void> {
  const parts = namesOf(options.part, 'part', PARTS);
  await withServer(async (server) => {
    const machine = machineOf(server.version);
    console.log(`${machine}; medians, with the least and greatest of the rounds`);
    const costs = parts.includes('costs') ? await measureAllCosts(options, server) : undefined;
    const memory = parts.includes('memory') ? await measureFootprints(server) : undefined;
    const latency = parts.includes('latency') ? await measureLatencies(options, server) : undefined;
    writeJson(options.json, { date: new Date(), machine, costs, memory, latency });
  });
}

void runProgram('npm run bench:server', OPTIONS, run);
