/** Measures how many lines a second a contender writes, and their cost to the server. */

import { createClient } from 'redis';
import { logFor, wallClock } from '../lib/load';
import { type ServerCost, watchServer } from '../lib/redis';
import { assertCounted, backpressure, settle } from './settle';
import { openTask, type Task } from './task';

const WARM_UP_SECONDS = 0.5;

export interface RateTask extends Task {
  readonly seconds: number;
  /** @default as fast as it can */
  readonly linesPerSecond?: number;
}

export interface Rate {
  readonly lines: number;
  /** From the first log call until Redis has acknowledged the last line. */
  readonly seconds: number;
  readonly server: ServerCost;
}

export async function measureRate(task: RateTask): Promise<Rate> {
  const { url, seconds, linesPerSecond } = task;
  const { contender, log, burst } = await openTask(task);
  const load = { log, burst, isBehind: backpressure(contender), linesPerSecond };
  const server = await createClient({ url }).connect();
  const first = await logFor({ ...load, seconds: WARM_UP_SECONDS }, 0);
  await settle(contender, first);
  const costSince = await watchServer(server as never);
  const began = wallClock();
  const end = await logFor({ ...load, seconds }, first);
  await settle(contender, end);
  const elapsed = wallClock() - began;
  const cost = await costSince();
  await assertCounted(contender, end);
  return { lines: end - first, seconds: elapsed, server: cost };
}
