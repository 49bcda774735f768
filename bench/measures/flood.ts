import { setTimeout as sleep } from 'node:timers/promises';
import { logFor } from '../lib/load';
import { openTask, type Task } from './task';

export interface FloodTask extends Task {
  readonly seconds: number;
}

export interface Flood {
  readonly lines: number;
  /** Lines that wait when the last one is logged. */
  readonly waiting: number;
  /** By how much the memory of the process has grown by then. */
  readonly grownMb: number;
  /** Lines that were written until none was left, or for as long again. */
  readonly written: number;
  /** How long that took in all, in seconds. */
  readonly elapsed: number;
}

/** What becomes of a contender that an application does not wait for. */
export async function measureFlood(task: FloodTask): Promise<Flood> {
  const { seconds } = task;
  const { contender, log, burst } = await openTask(task);
  const before = process.memoryUsage.rss();
  const began = performance.now();
  const lines = await logFor({ log, burst, seconds }, 0);
  const waiting = lines - contender.done(lines);
  const grownMb = (process.memoryUsage.rss() - before) / 2 ** 20;
  const deadline = performance.now() + seconds * 1000;
  while (contender.done(lines) < lines && performance.now() < deadline) await sleep(1);
  return { lines, waiting, grownMb, written: contender.done(lines), elapsed: (performance.now() - began) / 1000 };
}
