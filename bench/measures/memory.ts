/** Measures the memory of the process after many lines, while Redis answers or is paused. */

import { turn } from '../lib/load';
import { openTask, type Task } from './task';

const WARM_UP_LINES = 100_000;

export interface MemoryTask extends Task {
  readonly lines: number;
  /** Process id of a server that is paused meanwhile. @default none is paused */
  readonly pausedPid?: number;
}

/** Megabytes. */
export interface Memory {
  readonly rss: number;
  readonly heap: number;
  /** The heap after a garbage collection. */
  readonly live: number;
}

export async function measureMemory(task: MemoryTask): Promise<Memory> {
  const { lines, pausedPid } = task;
  const { contender, log, burst } = await openTask(task);
  const logLines = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += burst) {
      for (let i = n; i < n + burst; i++) log(i);
      await turn();
    }
  };
  await logLines(0, WARM_UP_LINES);
  await contender.flush?.();
  if (pausedPid !== undefined) process.kill(pausedPid, 'SIGSTOP');
  try {
    await logLines(WARM_UP_LINES, lines);
    const { rss, heapUsed } = process.memoryUsage();
    global.gc?.();
    const live = process.memoryUsage().heapUsed;
    return { rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20, live: live / 2 ** 20 };
  } finally {
    if (pausedPid !== undefined) process.kill(pausedPid, 'SIGCONT');
  }
}
