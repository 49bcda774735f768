/** npm run bench:application: the cost of logging to an application, with this transport and one that does nothing. */

import { NO_OP, OURS } from './contenders/contenders';
import { runChild } from './lib/child';
import { type Given, parseNames, parseNumber, runProgram } from './lib/options';
import { type BenchServer, withServer } from './lib/redis';
import { alternate, describeMachine, describeSpread, formatSpread, writeJson } from './lib/report';
import { divideByRound, median } from './lib/statistics';
import { WORKLOADS } from './lib/workloads';
import { type Allocations, WITHOUT_COLLECTION } from './measures/allocations';
import type { Calls } from './measures/calls';
import type { Memory } from './measures/memory';

const CONTENDERS = [NO_OP, OURS];
const USUAL_WORKLOADS = ['bursts-of-100', 'all-distinct', 'metadata'];
const PACED_LINES_PER_SECOND = 5000;

const OPTIONS = {
  workload: {
    value: 'a,b',
    meaning: `of ${Object.keys(WORKLOADS).join(', ')} or all; ${USUAL_WORKLOADS.join(', ')} by default`,
  },
  rounds: { value: 'n', meaning: 'how often each is measured; 3 by default' },
  seconds: { value: 's', meaning: 'how long each logs in a round; 2 by default' },
  lines: { value: 'millions', meaning: 'lines after which the memory is measured; 2 by default' },
  json: { value: 'file', meaning: 'file for the results; none by default' },
};

/** The results of both contenders, by round. */
type Pairs<Result> = Readonly<Record<string, Result[]>>;

async function measurePairs<Result>(
  server: BenchServer,
  rounds: number,
  measure: (contender: string) => Promise<Result>,
): Promise<Pairs<Result>> {
  const pairs: Record<string, Result[]> = { [NO_OP]: [], [OURS]: [] };
  for (let round = 0; round < rounds; round++) {
    for (const contender of alternate(CONTENDERS, round)) {
      await server.empty();
      pairs[contender]?.push(await measure(contender));
    }
  }
  return pairs;
}

/** One row a measure: both medians, their ratio and their difference, round by round. */
function printPairs<Result>(
  title: string,
  pairs: Pairs<Result>,
  measures: Readonly<Record<string, (result: Result) => number>>,
): void {
  const rows = Object.entries(measures).map(([measure, pick]) => {
    const [noOp = [], ours = []] = CONTENDERS.map((contender) => (pairs[contender] ?? []).map(pick));
    const differences = ours.map((number, round) => number - (noOp[round] as number));
    return [
      measure,
      {
        [NO_OP]: median(noOp).toFixed(2),
        [OURS]: median(ours).toFixed(2),
        ratio: formatSpread(divideByRound(ours, noOp)),
        difference: formatSpread(differences),
      },
    ];
  });
  console.log(`\n${title}`);
  console.table(Object.fromEntries(rows));
}

const CALLS: Readonly<Record<string, (calls: Calls) => number>> = {
  'time of a log call, p50, µs': ({ p50 }) => p50,
  'time of a log call, p99, µs': ({ p99 }) => p99,
  'time of a log call, p99.9, µs': ({ p999 }) => p999,
  'delay of the event loop, p99, ms': ({ delayP99 }) => delayP99,
  'delay of the event loop, max, ms': ({ delayMax }) => delayMax,
  'CPU/line, µs': ({ cpuPerLine }) => cpuPerLine,
};

const ALLOCATIONS: Readonly<Record<string, (allocations: Allocations) => number>> = {
  'heap allocated per line, bytes': ({ perLine }) => perLine,
};

const MEMORY: Readonly<Record<string, (memory: Memory) => number>> = {
  'resident memory, MB': ({ rss }) => rss,
  'heap, MB': ({ heap }) => heap,
  'heap after garbage collection, MB': ({ live }) => live,
};

function parseRounds(given: Given<keyof typeof OPTIONS>): number {
  return parseNumber(given.rounds, 'rounds', 3, 1);
}

async function measureWorkload(
  workload: string,
  given: Given<keyof typeof OPTIONS>,
  server: BenchServer,
): Promise<object> {
  const rounds = parseRounds(given);
  const seconds = parseNumber(given.seconds, 'seconds', 2, 0.1);
  const lines = 1e6 * parseNumber(given.lines, 'lines', 2, 0.2);
  const { url, pid } = server;
  const calls = (linesPerSecond?: number): Promise<Pairs<Calls>> =>
    measurePairs(server, rounds, (contender) =>
      runChild('calls', { contender, workload, url, seconds, linesPerSecond }),
    );
  const memory = (pausedPid?: number): Promise<Pairs<Memory>> =>
    measurePairs(server, rounds, (contender) =>
      runChild('memory', { contender, workload, url, lines, pausedPid }, ['--expose-gc']),
    );
  const flatOut = await calls();
  printPairs(`${workload}, as fast as possible`, flatOut, CALLS);
  const paced = await calls(PACED_LINES_PER_SECOND);
  printPairs(`${workload}, ${PACED_LINES_PER_SECOND} lines/s`, paced, CALLS);
  const allocations = await measurePairs<Allocations>(server, rounds, (contender) =>
    runChild('allocations', { contender, workload, url }, WITHOUT_COLLECTION),
  );
  printPairs(`${workload}, allocations`, allocations, ALLOCATIONS);
  const answered = await memory();
  printPairs(`${workload}, after ${lines} lines`, answered, MEMORY);
  const paused = await memory(pid);
  printPairs(`${workload}, after ${lines} lines with Redis paused`, paused, MEMORY);
  return { flatOut, paced, allocations, answered, paused };
}

async function run(given: Given<keyof typeof OPTIONS>): Promise<void> {
  const workloads = parseNames(given.workload, 'workload', Object.keys(WORKLOADS), USUAL_WORKLOADS);
  await withServer(async (server) => {
    const machine = describeMachine(server.version);
    console.log(`${machine}; ${describeSpread(parseRounds(given))}`);
    const results: Record<string, object> = {};
    for (const workload of workloads) results[workload] = await measureWorkload(workload, given, server);
    writeJson(given.json, { date: new Date(), machine, results });
  });
}

void runProgram('npm run bench:application', OPTIONS, run);
