/** Checks that every log call is counted once, in its hour and in its minute, whatever goes wrong with Redis while writers log. */

import { setTimeout as sleep } from 'node:timers/promises';
import { toSeverity } from '../../src';
import { type Balance, takeBalance } from '../support/writers/balance';
import { FaultWriter } from '../support/writers/fault-writer';
import type { Fault } from './faults';
import { archived, passHour } from './hours';
import { STAGES, type Stage } from './stages';
import { strikeFor } from './strike';

export interface ChaosOptions {
  readonly variant: keyof typeof STAGES;
  readonly seconds: number;
  readonly seed: number;
  readonly writers: number;
  readonly linesPerSecond: number;
  /** Gives every try a number of its own, to show that the run notices double counts. */
  readonly withoutBatchNumbers: boolean;
}

export interface ChaosResult extends Balance {
  /** How often each fault struck; 0 for a planned one that never did. */
  readonly faults: Readonly<Record<string, number>>;
  /** The planned faults that never struck: of them the run says nothing. */
  readonly missed: readonly string[];
}

const NAMES = ['web', 'worker', 'billing'];
const LEVELS = ['info', 'warn', 'error'];
/** Longest pause between two faults of a row. */
const PAUSE_MS = 300;
/** Log calls of each writer after the last fault: only a later batch notices a loss. */
const LINES_AFTERWARDS = 10 * NAMES.length * LEVELS.length;
const CLOSE_TIMEOUT_MS = 60_000;

/** Lets writers log while everything goes wrong, then compares what they logged with what Redis has. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const stage = await STAGES[options.variant]();
  const writers: FaultWriter[] = [];
  try {
    const starts = Array.from({ length: options.writers }, (_, index) => startWriter(stage, options, index));
    writers.push(...(await Promise.all(starts)));
    const faults = await strikeFor({ ...options, pauseMs: PAUSE_MS }, [...stage.faults, [hourFault(stage)]]);
    await stage.heal();
    await Promise.all(writers.map(expectComeback));
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    const balance = await takeBalance(reports, stage.inspector, {
      archived: ({ name, severity }) => archived(stage.inspector, name, severity),
      isOfTwoHours: true,
    });
    const missed = Object.keys(faults).filter((title) => faults[title] === 0);
    return { ...balance, faults, missed };
  } finally {
    await Promise.all(writers.map((writer) => writer.kill()));
    await stage.stop();
  }
}

function startWriter(stage: Stage, options: ChaosOptions, index: number): Promise<FaultWriter> {
  const { linesPerSecond, withoutBatchNumbers } = options;
  return FaultWriter.start({
    connection: stage.connections[index % stage.connections.length] as Stage['connections'][number],
    names: NAMES,
    levels: LEVELS,
    distinct: 50,
    linesPerSecond,
    withoutBatchNumbers,
    options: { closeTimeoutMs: CLOSE_TIMEOUT_MS },
  });
}

async function expectComeback(writer: FaultWriter): Promise<void> {
  try {
    await writer.acknowledged(LINES_AFTERWARDS, CLOSE_TIMEOUT_MS);
  } catch (cause) {
    const { stats, warnings } = await writer.progress();
    throw new Error(`a writer does not come back: ${JSON.stringify({ stats, warnings: warnings.slice(-2) })}`, {
      cause,
    });
  }
}

/** The hour passes, for one destination at a time. */
function hourFault({ inspector, inKeys }: Stage): Fault {
  return {
    title: 'hour passed',
    strike: async (random) => {
      await passHour(inspector, inKeys(random.pick(NAMES)), toSeverity(random.pick(LEVELS)));
      await sleep(random.between(50, 300));
    },
  };
}
