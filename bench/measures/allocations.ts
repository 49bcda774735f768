/** Measures how many bytes of heap logging a line allocates. */

import { turn } from '../lib/load';
import { median } from '../lib/statistics';
import { openTask, type Task } from './task';

const WARM_UP_LINES = 300_000;
const LINES = 20_000;
const SAMPLES = 15;

/** With these options of Node no garbage is collected during a sample: the heap grows by all that is allocated. */
export const WITHOUT_COLLECTION = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];

export interface Allocations {
  /** Bytes of heap. */
  readonly perLine: number;
}

/** Measures from the log calls until Redis has acknowledged all lines. */
export async function measureAllocations(task: Task): Promise<Allocations> {
  const { contender, log, burst } = await openTask(task);
  let n = 0;
  const logLines = async (count: number): Promise<void> => {
    for (const end = n + count; n < end; ) {
      for (let i = 0; i < burst; i++) log(n++);
      await turn();
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
  return { perLine: median(samples) };
}
