/** Measures memory, backlog and lost lines of a contender while the application logs without waiting for it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { logFor } from '../lib/load';
import { openTask, type Task } from './task';

export interface FloodTask extends Task {
  readonly seconds: number;
}

export interface Flood {
  readonly lines: number;
  /** Lines pending when the last one is logged. */
  readonly waiting: number;
  /** Growth of the process's memory by then. */
  readonly grownMb: number;
  /** Lines written until none is pending, or until as much time again has passed. */
  readonly written: number;
  /** Seconds from the first log call until then. */
  readonly elapsed: number;
}

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
