import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import type { Contender } from '../contenders/contenders';
import { logFor } from '../lib/load';
import { type ServerCost, watchServer } from '../lib/redis';
import { openTask, type Task } from './task';

/** Lines that may wait before the application does, where a queue would grow without bound. */
const MOST_WAITING = 2000;
const SETTLE_MS = 30_000;

export interface RateTask extends Task {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Without it, as fast as it can. */
  readonly linesPerSecond?: number;
}

export interface Rate {
  readonly lines: number;
  /** Until the last line was acknowledged or written. */
  readonly seconds: number;
  /** Of the processor, in the process that logs. */
  readonly cpuSeconds: number;
  readonly rssMb: number;
  readonly server: ServerCost;
}

/** How fast a contender is. Where lines would pile up the application waits for it, to the contender's advantage. */
export async function measureRate(task: RateTask): Promise<Rate> {
  const { url, seconds, warmUpSeconds, linesPerSecond } = task;
  const { contender, log, burst } = await openTask(task);
  const isBehind = contender.isUnbounded ? (n: number) => n - contender.done(n) > MOST_WAITING : undefined;
  const load = { log, burst, isBehind, linesPerSecond };
  const server = await createClient({ url }).connect();

  const first = await logFor({ ...load, seconds: warmUpSeconds }, 0);
  await settle(contender, first);
  const serverCost = await watchServer(server as never);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const end = await logFor({ ...load, seconds }, first);
  await settle(contender, end);
  const elapsed = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const cost = await serverCost();
  await assertCounted(contender, end);
  const rssMb = process.memoryUsage.rss() / 2 ** 20;
  return { lines: end - first, seconds: elapsed, cpuSeconds: (user + system) / 1e6, rssMb, server: cost };
}

async function settle(contender: Contender, logged: number): Promise<void> {
  await contender.flush?.();
  const deadline = performance.now() + SETTLE_MS;
  while (contender.done(logged) < logged) {
    if (contender.failure?.() !== undefined) throw new Error(`Error: ${contender.failure()}`);
    if (performance.now() > deadline) {
      throw new Error(`Error: ${contender.done(logged)} of ${logged} lines were written in ${SETTLE_MS} ms`);
    }
    await sleep(1);
  }
}

/** A file may have its last lines a moment later. */
async function assertCounted({ count }: Contender, logged: number): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  let counted = await count?.();
  while (counted !== undefined && counted !== logged && performance.now() < deadline) {
    await sleep(50);
    counted = await count?.();
  }
  if (counted !== undefined && counted !== logged) throw new Error(`Error: ${counted} of ${logged} lines were stored`);
}
