/** Measures the CPU time that logging takes in this process, in turns between which other contenders have theirs. */

import type { Gate } from '../lib/child';
import { cpuClock, logFor, wallClock } from '../lib/load';
import { assertCounted, backpressure, settle } from './settle';
import { openTask, type Task } from './task';

/** CPU time. After 0.5 s a line still took half as much again as after 1.5 s, when all hot code is compiled. */
const WARM_UP_SECONDS = 1.5;

export interface CpuTask extends Task {
  readonly turns: number;
  /** CPU time that is spent on logging in each turn. */
  readonly seconds: number;
}

/** Sums over all turns. Both times are from the first log call of a turn until Redis has acknowledged its last line. */
export interface Cpu {
  readonly lines: number;
  /** User and system time of this process, all threads: drawing and sending batches included. */
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Turns are as long in CPU time on a busy machine as on an idle one, so that they do the same work. */
export async function measureCpu(task: CpuTask, gate: Gate): Promise<Cpu> {
  const { contender, log, burst } = await openTask(task);
  const load = { log, burst, isBehind: backpressure(contender), clock: cpuClock };
  let next = 0;
  const logTurn = async (seconds: number): Promise<Cpu> => {
    const [first, cpu, began] = [next, cpuClock(), wallClock()];
    next = await logFor({ ...load, seconds }, first);
    await settle(contender, next);
    return { lines: next - first, cpuSeconds: cpuClock() - cpu, seconds: wallClock() - began };
  };
  await logTurn(WARM_UP_SECONDS);
  const turns: Cpu[] = [];
  while (turns.length < task.turns) {
    await gate();
    turns.push(await logTurn(task.seconds));
  }
  await assertCounted(contender, next);
  return turns.reduce((sum, turn) => ({
    lines: sum.lines + turn.lines,
    cpuSeconds: sum.cpuSeconds + turn.cpuSeconds,
    seconds: sum.seconds + turn.seconds,
  }));
}
