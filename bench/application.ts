import { NO_OP, OURS } from './contenders/contenders';
import { runChild } from './lib/child';
import { type Given, namesOf, numberOf, runProgram } from './lib/options';
import { type BenchServer, withServer } from './lib/redis';
import { machineOf, median, ratiosOf, rounds, spreadOf, writeJson } from './lib/report';
import { WORKLOADS } from './lib/workloads';
import { type Allocations, WITHOUT_COLLECTION } from './measures/allocations';
import type { Calls } from './measures/calls';
import type { Memory } from './measures/memory';

/** What an application feels of this transport, beside one that does nothing. */

const CONTENDERS = [NO_OP, OURS];
const USUAL_WORKLOADS = ['200-messages', 'all-distinct', 'metadata'];
const PACED_LINES_PER_SECOND = 5000;

const OPTIONS = {
  workload: {
    value: 'a,b',
    meaning: `of ${Object.keys(WORKLOADS).join(', ')}; ${USUAL_WORKLOADS.join(', ')} by default`,
  },
  rounds: { value: 'n', meaning: 'how often each is measured; 3 by default' },
  seconds: { value: 's', meaning: 'how long each logs; 2 by default' },
  lines: { value: 'millions', meaning: 'after how many lines the memory is measured; 2 by default' },
  json: { value: 'file', meaning: 'where the results go; nowhere by default' },
};

/** Measures of both, by round. */
type Pairs<Result> = Readonly<Record<string, Result[]>>;

async function measurePairs<Result>(
  server: BenchServer,
  count: number,
  measure: (contender: string) => Promise<Result>,
): Promise<Pairs<Result>> {
  const pairs: Record<string, Result[]> = { [NO_OP]: [], [OURS]: [] };
  for (const { contender } of rounds(CONTENDERS, count)) {
    await server.empty();
    pairs[contender]?.push(await measure(contender));
  }
  return pairs;
}

/** A row of each measure: both medians, and how they compare. */
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
        ratio: spreadOf(ratiosOf(ours, noOp)),
        difference: spreadOf(differences),
      },
    ];
  });
  console.log(`\n${title}`);
  console.table(Object.fromEntries(rows));
}

const CALLS: Readonly<Record<string, (calls: Calls) => number>> = {
  'one log call, p50, µs': ({ p50 }) => p50,
  'one log call, p99, µs': ({ p99 }) => p99,
  'one log call, p99.9, µs': ({ p999 }) => p999,
  'delay of the event loop, p99, ms': ({ delayP99 }) => delayP99,
  'delay of the event loop, most, ms': ({ delayMax }) => delayMax,
  'CPU time of a line, µs': ({ cpuPerLine }) => cpuPerLine,
};

const ALLOCATIONS: Readonly<Record<string, (allocations: Allocations) => number>> = {
  'allocated for a line, bytes': ({ perLine }) => perLine,
};

const MEMORY: Readonly<Record<string, (memory: Memory) => number>> = {
  'resident, MB': ({ rss }) => rss,
  'heap, MB': ({ heap }) => heap,
  'heap without garbage, MB': ({ live }) => live,
};

async function measureWorkload(
  workload: string,
  given: Given<keyof typeof OPTIONS>,
  server: BenchServer,
): Promise<object> {
  const count = numberOf(given.rounds, 'rounds', 3, 1);
  const seconds = numberOf(given.seconds, 'seconds', 2, 0.1);
  const lines = 1e6 * numberOf(given.lines, 'lines', 2, 0.2);
  const { url, pid } = server;
  const calls = (linesPerSecond?: number): Promise<Pairs<Calls>> =>
    measurePairs(server, count, (contender) =>
      runChild('calls', { contender, workload, url, seconds, linesPerSecond }),
    );
  const memory = (pausedPid?: number): Promise<Pairs<Memory>> =>
    measurePairs(server, count, (contender) =>
      runChild('memory', { contender, workload, url, lines, pausedPid }, ['--expose-gc']),
    );
  const flatOut = await calls();
  printPairs(`${workload}, as fast as it can`, flatOut, CALLS);
  const paced = await calls(PACED_LINES_PER_SECOND);
  printPairs(`${workload}, ${PACED_LINES_PER_SECOND} lines a second`, paced, CALLS);
  const allocations = await measurePairs<Allocations>(server, count, (contender) =>
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
  const workloads = namesOf(given.workload, 'workload', Object.keys(WORKLOADS), USUAL_WORKLOADS);
  await withServer(async (server) => {
    const machine = machineOf(server.version);
    console.log(`${machine}; medians, with the least and greatest of the rounds`);
    const results: Record<string, object> = {};
    for (const workload of workloads) results[workload] = await measureWorkload(workload, given, server);
    writeJson(given.json, { date: new Date(), machine, results });
  });
}

void runProgram('npm run bench:application', OPTIONS, run);
