/** npm run bench:server: the cost of a line to Redis, and how soon it can be read, with this transport and others. */

import { OURS } from './contenders/contenders';
import { runChild } from './lib/child';
import { type Given, parseNames, parseNumber, parseNumbers, runProgram } from './lib/options';
import { type BenchServer, withServer } from './lib/redis';
import { alternate, describeMachine, describeSpread, formatSpread, writeJson } from './lib/report';
import { divideByRound, median } from './lib/statistics';
import type { Footprint } from './measures/footprint';
import type { Latency } from './measures/latency';
import type { Rate } from './measures/rate';

const CONTENDERS = [OURS, 'multi', 'evalsha', 'redis-in-action'];
const WORKLOADS = ['bursts-of-100', 'all-distinct'];
/** Slow enough for the algorithm of *Redis in Action*. */
const PACED_LINES_PER_SECOND = 1000;
const DISTINCT = [1, 200, 5000, 20_000];
const MESSAGE_LENGTH = 40;

const PARTS = ['costs', 'memory', 'latency'];

const OPTIONS = {
  part: { value: 'a,b', meaning: `of ${PARTS.join(', ')} or all; all by default` },
  rounds: { value: 'n', meaning: 'how often each is measured; 3 by default' },
  seconds: { value: 's', meaning: 'how long each logs in a round; 2 by default' },
  latency: { value: 's', meaning: 'how long latency is measured at each rate; 10 by default' },
  rates: { value: 'a,b', meaning: 'rates at which latency is measured, in lines/s; 1,100,10000 by default' },
  json: { value: 'file', meaning: 'file for the results; none by default' },
};

type Options = Given<keyof typeof OPTIONS>;
type Rates = ReadonlyMap<string, Rate[]>;

function parseRounds(options: Options): number {
  return parseNumber(options.rounds, 'rounds', 3, 1);
}

async function measureCosts(
  options: Options,
  server: BenchServer,
  workload: string,
  linesPerSecond?: number,
): Promise<Rates> {
  const seconds = parseNumber(options.seconds, 'seconds', 2, 0.1);
  const rates = new Map<string, Rate[]>(CONTENDERS.map((contender) => [contender, []]));
  for (let round = 0; round < parseRounds(options); round++) {
    for (const contender of alternate(CONTENDERS, round)) {
      await server.empty();
      const task = { contender, workload, url: server.url, seconds, linesPerSecond };
      rates.get(contender)?.push(await runChild<Rate>('rate', task));
    }
  }
  return rates;
}

function printCosts(title: string, rates: Rates): void {
  const cpuPerLine = (contender: string): number[] =>
    (rates.get(contender) ?? []).map(({ server, lines }) => (1e6 * server.seconds) / lines);
  const rows = [...rates].map(([contender, measured]) => {
    const perLine = (pick: (rate: Rate) => number): string =>
      median(measured.map((rate) => pick(rate) / rate.lines)).toPrecision(3);
    return [
      contender,
      {
        'lines/s': Math.round(median(measured.map(({ lines, seconds }) => lines / seconds))),
        'server CPU, µs/line': perLine(({ server }) => 1e6 * server.seconds),
        [`server CPU ÷ ${OURS}`]: formatSpread(divideByRound(cpuPerLine(contender), cpuPerLine(OURS))),
        'commands sent/line': perLine(({ server }) => server.sent),
        'commands executed/line': perLine(({ server }) => server.executed),
        'bytes received/line': perLine(({ server }) => server.bytesIn),
        'bytes sent/line': perLine(({ server }) => server.bytesOut),
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
    const total = Object.values(footprint).reduce((sum, bytes) => sum + bytes, 0);
    footprints[`${distinct} messages`] = { ...footprint, total };
  }
  console.log(`\nMemory of one logger name and severity, bytes by key, messages of ${MESSAGE_LENGTH} characters`);
  console.table(footprints);
  return footprints;
}

async function measureLatencies(options: Options, server: BenchServer): Promise<Record<string, Latency>> {
  const seconds = parseNumber(options.latency, 'latency', 10, 1);
  const latencies: Record<string, Latency> = {};
  const rows: Record<string, object> = {};
  for (const linesPerSecond of parseNumbers(options.rates, 'rates', [1, 100, 10_000])) {
    for (const isRead of [false, true]) {
      await server.empty();
      const latency = await runChild<Latency>('latency', { url: server.url, linesPerSecond, seconds, isRead });
      const title = `${linesPerSecond} lines/s, until ${isRead ? 'another process has read it' : 'acknowledged'}`;
      latencies[title] = latency;
      const { lines, p50, p99, max } = latency;
      rows[title] = { lines, 'p50, ms': p50.toFixed(2), 'p99, ms': p99.toFixed(2), 'max, ms': max.toFixed(2) };
    }
  }
  console.log('\nLatency of a line, from the log call');
  console.table(rows);
  return latencies;
}

async function measureAllCosts(options: Options, server: BenchServer): Promise<Record<string, object>> {
  const costs: Record<string, object> = {};
  for (const workload of WORKLOADS) {
    for (const pace of [undefined, PACED_LINES_PER_SECOND]) {
      const title = `${workload}, ${pace === undefined ? 'as fast as possible' : `${pace} lines/s`}`;
      const rates = await measureCosts(options, server, workload, pace);
      printCosts(title, rates);
      costs[title] = Object.fromEntries(rates);
    }
  }
  return costs;
}

async function run(options: Options): Promise<void> {
  const parts = parseNames(options.part, 'part', PARTS);
  await withServer(async (server) => {
    const machine = describeMachine(server.version);
    console.log(`${machine}; ${describeSpread(parseRounds(options))}`);
    const costs = parts.includes('costs') ? await measureAllCosts(options, server) : undefined;
    const memory = parts.includes('memory') ? await measureFootprints(server) : undefined;
    const latency = parts.includes('latency') ? await measureLatencies(options, server) : undefined;
    writeJson(options.json, { date: new Date(), machine, costs, memory, latency });
  });
}

void runProgram('npm run bench:server', OPTIONS, run);
