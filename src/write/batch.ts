/** The contract of a batch: what is written to one destination in one step. */

import type { LogInfo } from '../record/log-call';

/** A message and how often it was logged in one hour. */
export interface CountedMessage {
  message: string;
  count: number;
}

/** The messages of one hour. */
export interface HourCounts {
  /** Hours since the epoch, by the clock of this process. */
  readonly hour: number;
  readonly messages: Readonly<CountedMessage>[];
}

/** Everything that one script call writes to one destination. Its number makes a retry harmless, so it never changes. */
export interface Batch {
  readonly name: string;
  readonly severity: string;
  /** Grows from batch to batch. */
  readonly number: number;
  /** Log calls that this batch stands for: those that it counts and, if it is the last of its draw, those not counted. */
  readonly logged: number;
  /** By how much the number of the newest line grows: the lines in this batch, and older ones that were not kept. */
  readonly numbered: number;
  /** The newest lines, oldest first. */
  readonly lines: readonly string[];
  /** Newest hour first. */
  readonly counts: readonly HourCounts[];
  /** The log calls themselves, if somebody listens for `'logged'`. */
  readonly infos: readonly LogInfo[];
}

/** How warnings name a destination. */
export function labelDestination({ name, severity }: Pick<Batch, 'name' | 'severity'>): string {
  return `${name}:${severity}`;
}

/**
 * The next batch number: the microseconds of the monotonic clock. A plain counter would go on alike in two copies of a
 * running process (a virtual machine restored from a snapshot), and Redis would refuse batches of one of them.
 */
export function numberAfter(last: number): number {
  return Math.max(last + 1, Math.floor(performance.now() * 1000));
}
