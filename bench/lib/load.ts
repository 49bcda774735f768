import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from './workloads';

/** When lines are logged. Times are in seconds. */
export interface Load {
  readonly log: LogLine;
  /** Lines in one turn of the event loop. */
  readonly burst: number;
  readonly seconds: number;
  /** Whether so many lines are waiting, of those logged, that an application had better wait. */
  readonly isBehind?: ((logged: number) => boolean) | undefined;
  /** Without it, as fast as the machine can. */
  readonly linesPerSecond?: number | undefined;
}

/** Logs for some time, from the line of a number on, and gives the number of the next one. */
export function logFor(load: Load, from: number): Promise<number> {
  return load.linesPerSecond === undefined ? logFlatOut(load, from) : logPaced(load, from, load.linesPerSecond);
}

async function logFlatOut({ log, burst, seconds, isBehind }: Load, from: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let n = from;
  while (performance.now() < end) {
    for (const stop = n + burst; n < stop; n++) log(n);
    await turn();
    while (isBehind?.(n)) await sleep(1);
  }
  return n;
}

/** A timer is due after a millisecond at the earliest, so at more than a thousand a second several lines come at once. */
async function logPaced({ log, seconds, isBehind }: Load, from: number, linesPerSecond: number): Promise<number> {
  const began = performance.now();
  const end = from + Math.round(linesPerSecond * seconds);
  let n = from;
  while (n < end) {
    const elapsed = (performance.now() - began) / 1000;
    const due = Math.min(end, from + 1 + Math.floor(elapsed * linesPerSecond));
    while (n < due) log(n++);
    await sleep(Math.max(1, ((n - from) / linesPerSecond - elapsed) * 1000));
    while (isBehind?.(n)) await sleep(1);
  }
  return n;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
