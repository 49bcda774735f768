import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { findRedis } from '../examples/demo/redis';
import { quantileOf } from './quantile';

/** Lines a second of this transport beside one that does nothing; a line counts when Redis has acknowledged it. */

const ROUNDS = 5;
const CONTENDERS = ['no-op', 'winston-redis-recent-common'] as const;
const WORKLOADS = [
  { distinct: 200, burst: 10, lines: 200_000 },
  { distinct: 200, burst: 100, lines: 400_000 },
  { distinct: 200, burst: 1000, lines: 400_000 },
  { distinct: Number.MAX_SAFE_INTEGER, burst: 100, lines: 100_000 },
] as const;

type Workload = (typeof WORKLOADS)[number];

async function rate(contender: string, { lines, distinct, burst }: Workload, url: string): Promise<number> {
  const env = {
    ...process.env,
    // Without the paths of tsconfig.json the package's name stands for what was built, as it does for its users.
    TS_NODE_PROJECT: 'tsconfig.build.json',
    BENCH_CONTENDER: contender,
    BENCH_URL: url,
    BENCH_PREFIX: `bench-${randomUUID()}:`,
    BENCH_LINES: String(lines),
    BENCH_DISTINCT: String(distinct),
    BENCH_BURST: String(burst),
  };
  const program = resolve(__dirname, 'contender.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['-r', 'esbuild-register', program], { env });
  return Number(stdout);
}

/** Runs the contenders in turn, each round in the other order, so that a busy moment of the machine hits both. */
async function measure(workload: Workload, url: string): Promise<object> {
  const rates = new Map<string, number[]>(CONTENDERS.map((contender) => [contender, []]));
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? CONTENDERS : [...CONTENDERS].reverse();
    for (const contender of order) rates.get(contender)?.push(await rate(contender, workload, url));
  }
  const [limit, ours] = CONTENDERS.map((contender) => rates.get(contender) as number[]) as [number[], number[]];
  const ratios = ours.map((value, round) => value / (limit[round] as number));
  return {
    'distinct messages': workload.distinct === Number.MAX_SAFE_INTEGER ? 'all' : workload.distinct,
    'lines a burst': workload.burst,
    'no-op, lines/s': quantileOf(limit, 0.5),
    'this transport, lines/s': quantileOf(ours, 0.5),
    ratio: quantileOf(ratios, 0.5).toFixed(2),
    'least and greatest': `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
  };
}

async function main(): Promise<void> {
  const redis = await findRedis(process.env.REDIS_URL, 'redis://localhost:6379');
  console.log(`${redis.label}; medians of ${ROUNDS} rounds`);
  const rows: object[] = [];
  for (const workload of WORKLOADS) rows.push(await measure(workload, redis.url));
  console.table(rows);
  await redis.stop();
}

void main();
