/** npm run bench: the CPU time of a log line, relative to a transport that does nothing and to another build. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CONTENDERS, NO_OP, OURS, PACKAGES } from './contenders/contenders';
import { type Child, runChild, startChild } from './lib/child';
import { type Given, parseNames, parseNumber, runProgram, UsageError } from './lib/options';
import { type BenchServer, withServer } from './lib/redis';
import { alternate, describeMachine, describeSpread, formatSpread, writeJson } from './lib/report';
import { divideByRound, median, medianInterval } from './lib/statistics';
import { WORKLOADS } from './lib/workloads';
import type { Cpu } from './measures/cpu';
import type { Flood } from './measures/flood';

/*
 * A round starts a process for each contender. After a warm-up that is not counted, they take turns to log, A B A B,
 * or B A B A in every other round: each has the same pause between its turns, and whatever slows the machine down
 * slows all alike. CPU/line is the user and system time of the process in its turns, divided by the number of lines.
 * A turn lasts from the first log call until Redis has acknowledged the last line: drawing and sending batches is
 * included, the CPU time of Redis is not. The winston logger and the loop that calls it are included for all
 * contenders alike. A ratio divides the CPU/line of two contenders in the same round.
 *
 * Two builds differ if the confidence interval of their ratio, over all rounds, leaves out 1. Chance alone makes one
 * such row in 64 with seven rounds, one in 32 with six.
 *
 * On a busy machine a process that gets less of a processor sends more batches for the same lines, so its CPU/line
 * grows, and with it the ratio to the transport that does nothing. That ratio is comparable between runs on an idle
 * machine only.
 */

const AGAINST = 'against';
const DEFAULT_WORKLOADS = [
  'bursts-of-1',
  'bursts-of-10',
  'bursts-of-100',
  'bursts-of-1000',
  '1-kilobyte',
  'ten-child-loggers',
  'five-severities',
  'metadata',
  'errors',
  'patterns',
  'all-distinct',
];
const QUICK_WORKLOADS = ['bursts-of-10', 'bursts-of-100', 'all-distinct'];
/** Of an interval from which a difference is concluded: five rounds. */
const MIN_CONFIDENCE = 0.9;
/** Turns of each contender in a round. */
const TURNS = 10;
const FLOOD = { workload: 'bursts-of-100', seconds: 2 };

const OPTIONS = {
  against: { value: 'folder', meaning: 'another checkout with a built dist, measured in the same rounds' },
  contender: {
    value: 'a,b',
    meaning: `of ${Object.keys(CONTENDERS).join(', ')} or all; ${OURS} by default, ${NO_OP} always`,
  },
  workload: {
    value: 'a,b',
    meaning: `of ${Object.keys(WORKLOADS).join(', ')} or all; all but the last two by default`,
  },
  rounds: { value: 'n', meaning: 'how often new processes are started for all; 7 by default' },
  seconds: { value: 's', meaning: 'CPU time that each spends on logging in a round; 2 by default' },
  quick: { meaning: `3 rounds of 1 s CPU with ${QUICK_WORKLOADS.join(', ')}` },
  flood: { meaning: 'also measures each contender while the application does not wait for it' },
  json: { value: 'file', meaning: 'file for the results, or none; bench/results.json by default' },
};

/** A contender in a row of its own; the same one may take part with two builds. */
interface Entrant {
  readonly label: string;
  readonly contender: string;
  readonly build?: string;
}

interface Plan {
  readonly entrants: readonly Entrant[];
  readonly workloads: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
}

/** A result, or the reason why there is none. */
type Failable<T> = T | { readonly failure: string };
/** The results of a workload, round by round, by the label of the entrant. */
type Outcomes = ReadonlyMap<string, readonly Failable<Cpu>[]>;

function parsePlan(given: Given<keyof typeof OPTIONS>): Plan {
  const isQuick = given.quick !== undefined;
  const contenders = parseNames(given.contender, 'contender', Object.keys(CONTENDERS), [OURS]);
  const entrants = [NO_OP, ...contenders.filter((contender) => contender !== NO_OP)]
    .filter(isInstalled)
    .map((contender): Entrant => ({ label: contender, contender }));
  if (given.against !== undefined) {
    entrants.push({ label: AGAINST, contender: OURS, build: findBuild(given.against) });
  }
  return {
    entrants,
    workloads: parseNames(
      given.workload,
      'workload',
      Object.keys(WORKLOADS),
      isQuick ? QUICK_WORKLOADS : DEFAULT_WORKLOADS,
    ),
    rounds: parseNumber(given.rounds, 'rounds', isQuick ? 3 : 7, 1),
    seconds: parseNumber(given.seconds, 'seconds', isQuick ? 1 : 2, 0.1),
  };
}

function findBuild(folder: string): string {
  const build = resolve(folder);
  if (!existsSync(join(build, 'dist/index.js'))) {
    throw new UsageError(`--against takes a folder with a built dist (npm run build); ${folder} has none`);
  }
  return build;
}

function isInstalled(contender: string): boolean {
  const reason = PACKAGES[contender]?.install();
  if (reason !== undefined) console.log(`${contender} is left out: ${reason}`);
  return reason === undefined;
}

async function failureOr<T>(measure: Promise<T>): Promise<Failable<T>> {
  return measure.catch((error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }));
}

async function measure(workload: string, plan: Plan, server: BenchServer): Promise<Outcomes> {
  const outcomes = new Map(plan.entrants.map(({ label }): [string, Failable<Cpu>[]] => [label, []]));
  for (let round = 0; round < plan.rounds; round++) {
    const results = await measureRound(workload, plan, round, server);
    for (const [label, result] of results) outcomes.get(label)?.push(result);
  }
  return outcomes;
}

/** Each contender writes to a database of its own on the same server. */
async function measureRound(
  workload: string,
  { entrants, seconds }: Plan,
  round: number,
  server: BenchServer,
): Promise<[label: string, result: Failable<Cpu>][]> {
  await server.empty();
  const children = entrants.map(({ label, ...subject }, database): [string, Child<Cpu>] => {
    const task = { ...subject, workload, url: `${server.url}/${database}`, turns: TURNS, seconds: seconds / TURNS };
    return [label, startChild('cpu', task)];
  });
  await Promise.allSettled(children.map(([, child]) => child.ready()));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [, child] of alternate(children, round)) {
      child.go();
      await child.ready().catch(() => undefined);
    }
  }
  return Promise.all(children.map(async ([label, { result }]) => [label, await failureOr(result)]));
}

/** A number of each round; NaN if the round failed. */
function pickRounds(outcomes: Outcomes, label: string, pick: (cpu: Cpu) => number): number[] {
  return (outcomes.get(label) ?? []).map((outcome) => ('failure' in outcome ? NaN : pick(outcome)));
}

const cpuPerLine = ({ cpuSeconds, lines }: Cpu): number => (1e6 * cpuSeconds) / lines;

function cpuRatios(outcomes: Outcomes, label: string, divisor: string): number[] {
  return divideByRound(pickRounds(outcomes, label, cpuPerLine), pickRounds(outcomes, divisor, cpuPerLine));
}

function printWorkload(workload: string, outcomes: Outcomes): void {
  const rows = [...outcomes].map(([label, rounds]) => {
    const failed = rounds.find((outcome) => 'failure' in outcome);
    if (failed) return [label, { 'CPU/line, µs': failed.failure }];
    const rates = pickRounds(outcomes, label, ({ lines, seconds }) => lines / seconds);
    return [
      label,
      {
        'CPU/line, µs': formatSpread(pickRounds(outcomes, label, cpuPerLine)),
        [`CPU ÷ ${NO_OP}`]: formatSpread(cpuRatios(outcomes, label, NO_OP)),
        'lines/s acknowledged': Math.round(median(rates)),
      },
    ];
  });
  console.log(`\n${workload}`);
  console.table(Object.fromEntries(rows));
}

/** One row a workload: each contender beside the one that does nothing, and this build beside the other one. */
function printSummary(all: ReadonlyMap<string, Outcomes>, { entrants }: Plan): void {
  const rows = [...all].map(([workload, outcomes]) => {
    const ratios = entrants
      .filter(({ label }) => label !== NO_OP)
      .map(({ label }) => [`${label} ÷ ${NO_OP}`, formatSpread(cpuRatios(outcomes, label, NO_OP))]);
    const hasBoth = outcomes.has(AGAINST) && outcomes.has(OURS);
    const builds = cpuRatios(outcomes, OURS, AGAINST);
    const comparison = { [`${OURS} ÷ ${AGAINST}`]: formatSpread(builds, 3), difference: describeDifference(builds) };
    return [workload, { ...Object.fromEntries(ratios), ...(hasBoth && comparison) }];
  });
  console.log('\nCPU/line, ratios');
  console.table(Object.fromEntries(rows));
}

/** The median difference in percent, if chance hardly explains it. */
function describeDifference(ratios: readonly number[]): string {
  const { low, high, confidence } = medianInterval(ratios);
  if (confidence < MIN_CONFIDENCE) return 'too few rounds';
  if (!(low > 1 || high < 1)) return 'within noise';
  const percent = 100 * (median(ratios) - 1);
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

async function measureFloods({ entrants }: Plan, server: BenchServer): Promise<Record<string, Failable<Flood>>> {
  const floods: Record<string, Failable<Flood>> = {};
  for (const { label, ...subject } of entrants) {
    await server.empty();
    floods[label] = await failureOr(runChild<Flood>('flood', { ...FLOOD, ...subject, url: server.url }));
  }
  return floods;
}

function printFloods(floods: Readonly<Record<string, Failable<Flood>>>): void {
  const rows = Object.entries(floods).map(([label, flood]) => {
    if ('failure' in flood) return [label, { 'lines/s written': flood.failure }];
    const { lines, waiting, grownMb, written, elapsed } = flood;
    return [
      label,
      {
        'lines/s written': Math.round(written / elapsed),
        'lines logged': lines,
        'pending after the last': waiting,
        'never written': lines - written,
        'memory growth, MB': Math.round(grownMb),
      },
    ];
  });
  const { seconds, workload } = FLOOD;
  console.log(
    `\nWithout waiting for the transport: ${seconds} s of ${workload}, then at most ${seconds} s for the rest`,
  );
  console.table(Object.fromEntries(rows));
}

function printHeader({ rounds, seconds }: Plan, given: Given<keyof typeof OPTIONS>, machine: string): void {
  console.log(machine);
  console.log(
    `${describeSpread(rounds)}; a round: new processes, a warm-up, ${TURNS} turns of ${seconds / TURNS} s CPU`,
  );
  console.log('CPU/line: user + system time of the logging process until Redis has acknowledged all lines, per line');
  console.log(`CPU ÷ ${NO_OP}: relative to winston with a transport that does nothing, round by round; less is better`);
  if (given.against !== undefined) console.log(`${AGAINST}: the build in ${given.against}`);
}

async function run(given: Given<keyof typeof OPTIONS>): Promise<void> {
  const plan = parsePlan(given);
  await withServer(async (server) => {
    const machine = describeMachine(server.version);
    printHeader(plan, given, machine);
    const all = new Map<string, Outcomes>();
    for (const workload of plan.workloads) {
      const outcomes = await measure(workload, plan, server);
      printWorkload(workload, outcomes);
      all.set(workload, outcomes);
    }
    printSummary(all, plan);
    const floods = given.flood === undefined ? undefined : await measureFloods(plan, server);
    if (floods) printFloods(floods);
    const file = given.json ?? join(__dirname, 'results.json');
    const workloads = Object.fromEntries(
      [...all].map(([workload, outcomes]) => [workload, Object.fromEntries(outcomes)]),
    );
    writeJson(file === 'none' ? undefined : file, { date: new Date(), machine, ...plan, workloads, floods });
  });
}

void runProgram('npm run bench', OPTIONS, run);
