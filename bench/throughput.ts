import { join } from 'node:path';
import { CONTENDERS, NO_OP, OURS } from './contenders/contenders';
import { installWinstonRedis } from './contenders/winston-redis';
import { runChild } from './lib/child';
import { type Given, namesOf, numberOf, runProgram } from './lib/options';
import { type BenchServer, withServer } from './lib/redis';
import { machineOf, median, ratiosOf, rounds, spreadOf, writeJson } from './lib/report';
import { WORKLOADS } from './lib/workloads';
import type { Flood } from './measures/flood';
import type { Rate } from './measures/rate';

/**
 * Lines a second of this transport beside one that does nothing, and beside others; a line counts when Redis has
 * acknowledged it, or when it is written.
 */

const QUICK_WORKLOADS = ['200-messages', 'bursts-of-10', 'all-distinct'];
const WARM_UP_SECONDS = 0.3;
const FLOOD = { workload: '200-messages', seconds: 2 };

const OPTIONS = {
  contender: { value: 'a,b', meaning: `of ${Object.keys(CONTENDERS).join(', ')}; the first is measured always` },
  workload: { value: 'a,b', meaning: `of ${Object.keys(WORKLOADS).join(', ')}` },
  rounds: { value: 'n', meaning: 'how often each is measured; 3 by default' },
  seconds: { value: 's', meaning: 'how long each logs; 1 by default' },
  quick: { meaning: `two short rounds of ${QUICK_WORKLOADS.join(', ')} alone` },
  json: { value: 'file', meaning: 'where the results go; bench/results.json by default, or none' },
};

/** What was measured, or why it was not. */
type Failable<T> = T | { readonly failure: string };
type Outcomes = ReadonlyMap<string, Failable<Rate>[]>;

interface Plan {
  readonly contenders: readonly string[];
  readonly workloads: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
}

function planOf(given: Given<keyof typeof OPTIONS>): Plan {
  const isQuick = given.quick !== undefined;
  const asked = namesOf(given.contender, 'contender', Object.keys(CONTENDERS));
  const workloads = namesOf(given.workload, 'workload', Object.keys(WORKLOADS), isQuick ? QUICK_WORKLOADS : undefined);
  return {
    contenders: [NO_OP, ...asked.filter((contender) => contender !== NO_OP)].filter(isInstalled),
    workloads,
    rounds: numberOf(given.rounds, 'rounds', isQuick ? 2 : 3, 1),
    seconds: numberOf(given.seconds, 'seconds', isQuick ? 0.5 : 1, 0.1),
  };
}

function isInstalled(contender: string): boolean {
  const reason = contender === 'winston-redis' ? installWinstonRedis() : undefined;
  if (reason !== undefined) console.log(`winston-redis is left out: ${reason}`);
  return reason === undefined;
}

async function failureOr<T>(measure: Promise<T>): Promise<Failable<T>> {
  return measure.catch((error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }));
}

async function measure(workload: string, plan: Plan, server: BenchServer): Promise<Outcomes> {
  const outcomes = new Map<string, Failable<Rate>[]>(plan.contenders.map((contender) => [contender, []]));
  for (const { contender } of rounds(plan.contenders, plan.rounds)) {
    await server.empty();
    const task = { contender, workload, url: server.url, seconds: plan.seconds, warmUpSeconds: WARM_UP_SECONDS };
    outcomes.get(contender)?.push(await failureOr(runChild<Rate>('rate', task)));
  }
  return outcomes;
}

function ratesOf(outcomes: Outcomes, contender: string): number[] {
  return (outcomes.get(contender) ?? []).map((outcome) =>
    'failure' in outcome ? NaN : outcome.lines / outcome.seconds,
  );
}

function printRates(workload: string, outcomes: Outcomes): void {
  const [limit, ours] = [ratesOf(outcomes, NO_OP), ratesOf(outcomes, OURS)];
  const rows = [...outcomes].map(([contender, measured]) => {
    const failed = measured.find((outcome) => 'failure' in outcome);
    if (failed) return [contender, { 'lines/s': failed.failure }];
    const rates = ratesOf(outcomes, contender);
    const cpu = (measured as Rate[]).map(({ cpuSeconds, lines }) => (1e6 * cpuSeconds) / lines);
    return [
      contender,
      {
        'lines/s': Math.round(median(rates)),
        'share of the no-op': spreadOf(ratiosOf(rates, limit), 3),
        ...(ours.length > 0 && { [`${OURS} is faster by`]: spreadOf(ratiosOf(ours, rates), 1) }),
        'CPU, µs/line': median(cpu).toFixed(1),
      },
    ];
  });
  console.log(`\n${workload}`);
  console.table(Object.fromEntries(rows));
}

async function measureFloods(plan: Plan, server: BenchServer): Promise<Record<string, Failable<Flood>>> {
  const floods: Record<string, Failable<Flood>> = {};
  for (const contender of plan.contenders) {
    await server.empty();
    floods[contender] = await failureOr(runChild<Flood>('flood', { ...FLOOD, contender, url: server.url }));
  }
  return floods;
}

function printFloods(floods: Readonly<Record<string, Failable<Flood>>>): void {
  const rows = Object.entries(floods).map(([contender, flood]) => {
    if ('failure' in flood) return [contender, { 'lines/s': flood.failure }];
    const { lines, waiting, grownMb, written, elapsed } = flood;
    return [
      contender,
      {
        'lines/s': Math.round(written / elapsed),
        logged: lines,
        waiting,
        'never written': lines - written,
        'memory, MB': Math.round(grownMb),
      },
    ];
  });
  console.log(
    `\nWhere the application does not wait: ${FLOOD.seconds} s of ${FLOOD.workload}, and as long for what waits then`,
  );
  console.table(Object.fromEntries(rows));
}

async function run(given: Given<keyof typeof OPTIONS>): Promise<void> {
  const plan = planOf(given);
  await withServer(async (server) => {
    const machine = machineOf(server.version);
    console.log(`${machine}; medians of ${plan.rounds} rounds of ${plan.seconds} s`);
    const workloads: Record<string, object> = {};
    for (const workload of plan.workloads) {
      const outcomes = await measure(workload, plan, server);
      printRates(workload, outcomes);
      workloads[workload] = Object.fromEntries(outcomes);
    }
    const floods = await measureFloods(plan, server);
    printFloods(floods);
    const file = given.json ?? join(__dirname, 'results.json');
    writeJson(file === 'none' ? undefined : file, { date: new Date(), machine, ...plan, workloads, floods });
  });
}

void runProgram('npm run bench', OPTIONS, run);
