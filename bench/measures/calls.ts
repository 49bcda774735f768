import { monitorEventLoopDelay } from 'node:perf_hooks';
import { logFor } from '../lib/load';
import { quantileOf } from '../lib/quantile';
import { openTask, type Task } from './task';

/** Most calls whose times are kept. */
const MOST_SAMPLES = 2_000_000;

export interface CallsTask extends Task {
  readonly seconds: number;
  /** Without it, as fast as it can. */
  readonly linesPerSecond?: number;
}

export interface Calls {
  /** Of one log call, in microseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Of the event loop while nothing else was measured, in milliseconds. */
  readonly delayP99: number;
  readonly delayMax: number;
  /** Of the processor, in microseconds, while nothing else was measured. */
  readonly cpuPerLine: number;
}

/** What an application feels of a transport while it logs. */
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

  const samples = new Float64Array(MOST_SAMPLES);
  let calls = 0;
  const timed = (n: number): void => {
    const began = performance.now();
    log(n);
    samples[calls++ % MOST_SAMPLES] = performance.now() - began;
  };
  await logFor({ ...load, log: timed, seconds }, second);
  await contender.flush?.();
  const times = [...samples.subarray(0, Math.min(calls, MOST_SAMPLES)).sort()];
  const at = (quantile: number): number => 1000 * quantileOf(times, quantile);
  return {
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    delayP99: delay.percentile(99) / 1e6,
    delayMax: delay.max / 1e6,
    cpuPerLine: (user + system) / (second - first),
  };
}
