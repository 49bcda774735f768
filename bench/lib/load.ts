/** When a benchmark logs: as fast as the machine can, or at a steady rate. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from './workloads';

/** Lines between two looks at the clock: reading CPU time takes as long as logging a line. */
const LINES_PER_CHECK = 1000;

/** A stretch of logging. */
export interface Load {
  readonly log: LogLine;
  /** Lines in one turn of the event loop. */
  readonly burst: number;
  readonly seconds: number;
  /** Measures the seconds, if there is no rate. @default wallClock */
  readonly clock?: () => number;
  /** Whether logging should pause, given the number of lines logged, because too many of them wait. */
  readonly isBehind?: ((logged: number) => boolean) | undefined;
  /** @default as fast as the machine can */
  readonly linesPerSecond?: number | undefined;
}

/** Seconds that have passed. */
export function wallClock(): number {
  return performance.now() / 1000;
}

/** Milliseconds by the monotonic clock, which all processes of a machine share. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** CPU seconds of this process, user and system. */
export function cpuClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Logs for the time of the load, beginning with line number `from`, and returns the number of the next line. */
export function logFor(load: Load, from: number): Promise<number> {
  return load.linesPerSecond === undefined ? logFlatOut(load, from) : logPaced(load, from, load.linesPerSecond);
}

async function logFlatOut({ log, burst, seconds, isBehind, clock = wallClock }: Load, from: number): Promise<number> {
  const bursts = Math.ceil(LINES_PER_CHECK / burst);
  const end = clock() + seconds;
  let n = from;
  while (clock() < end) {
    for (let i = 0; i < bursts; i++) {
      for (const stop = n + burst; n < stop; n++) log(n);
      await turn();
      while (isBehind?.(n)) await sleep(1);
    }
  }
  return n;
}

/** Timers fire after a millisecond at the earliest, so above a thousand lines a second several are logged at once. */
async function logPaced({ log, seconds, isBehind }: Load, from: number, linesPerSecond: number): Promise<number> {
  const began = wallClock();
  const end = from + Math.round(linesPerSecond * seconds);
  let n = from;
  while (n < end) {
    const elapsed = wallClock() - began;
    const due = Math.min(end, from + 1 + Math.floor(elapsed * linesPerSecond));
    while (n < due) log(n++);
    await sleep(Math.max(1, ((n - from) / linesPerSecond - elapsed) * 1000));
    while (isBehind?.(n)) await sleep(1);
  }
  return n;
}

/** Resolves in the next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
