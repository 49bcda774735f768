import { quantileOf } from '../lib/quantile';
import { openTask, type Task } from './task';

const WARM_UP_LINES = 300_000;
const LINES = 20_000;
const SAMPLES = 15;

/** With these nothing is collected while so many lines are logged, so that what is allocated adds up. */
export const WITHOUT_COLLECTION = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];

export interface Allocations {
  /** In bytes, on the heap. */
  readonly perLine: number;
}

/** What one line makes the process allocate, until Redis has acknowledged it. */
export async function measureAllocations(task: Task): Promise<Allocations> {
  const { contender, log, burst } = await openTask(task);
  let n = 0;
  const logLines = async (count: number): Promise<void> => {
    for (const end = n + count; n < end; ) {
      for (let i = 0; i < burst; i++) log(n++);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await contender.flush?.();
  };
  await logLines(WARM_UP_LINES);
  const samples: number[] = [];
  while (samples.length < SAMPLES) {
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    await logLines(LINES);
    samples.push((process.memoryUsage().heapUsed - before) / LINES);
  }
  return { perLine: quantileOf(samples, 0.5) };
}
