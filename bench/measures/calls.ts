/** Measures the cost of logging to the application: the time of a log call, event loop delay, CPU time. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { logFor } from '../lib/load';
import { quantile } from '../lib/statistics';
import { openTask, type Task } from './task';

/** The times of at most this many calls are kept, the newest. */
const MAX_SAMPLES = 2_000_000;

export interface CallsTask extends Task {
  readonly seconds: number;
  /** @default as fast as it can */
  readonly linesPerSecond?: number;
}

export interface Calls {
  /** Time of a log call, in microseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Delay of the event loop, in milliseconds, while log calls are not timed. */
  readonly delayP99: number;
  readonly delayMax: number;
  /** CPU time, in microseconds, while log calls are not timed. */
  readonly cpuPerLine: number;
}

export async function measureCalls(task: CallsTask): Promise<Calls> {
  const { seconds, linesPerSecond } = task;
  const { contender, log, burst } = await openTask(task);
  const load = { log, burst, linesPerSecond };
  const first = await logFor({ ...load, seconds: seconds / 2 }, 0);

  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const second = await logFor({ ...load, seconds }, first);
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();

  const samples = new Float64Array(MAX_SAMPLES);
  let calls = 0;
  const timed = (n: number): void => {
    const began = performance.now();
    log(n);
    samples[calls++ % MAX_SAMPLES] = performance.now() - began;
  };
  await logFor({ ...load, log: timed, seconds }, second);
  await contender.flush?.();
  const times = [...samples.subarray(0, Math.min(calls, MAX_SAMPLES)).sort()];
  const at = (share: number): number => 1000 * quantile(times, share);
  return {
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    delayP99: delay.percentile(99) / 1e6,
    delayMax: delay.max / 1e6,
    cpuPerLine: (user + system) / (second - first),
  };
}
