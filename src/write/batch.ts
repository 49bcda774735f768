/** The contract of a batch: what is written to one destination in one step. */

import { clock } from '../clock';
import type { LogInfo } from '../record/log-call';
import type { Beginning } from './server-time';

/** A message and how often it was logged. */
export interface CountedMessage {
  message: string;
  count: number;
  /** A line of it, if Redis is to keep one. */
  sample?: string | undefined;
}

/** Adds the log calls of a message to those of the same message before. */
export function addCount(counted: CountedMessage, { count, sample }: Readonly<CountedMessage>): void {
  counted.count += count;
  counted.sample ??= sample;
}

/** One of the minutes of a group. */
export interface GroupMinute {
  /** How many milliseconds after the beginning of the group its first log call came. */
  readonly later: number;
  readonly calls: number;
}

/** The messages of a minute; or of an hour, if Redis was away. They count in the hour in which the first was logged. */
export interface CountGroup extends Beginning {
  /** Those with a sample first, then the others that are flagged. */
  readonly messages: readonly Readonly<CountedMessage>[];
  /** How many of the messages Redis may not have touched in this minute. */
  readonly flagged: number;
  /** The lines to keep of the first messages. */
  readonly samples: readonly string[];
  /** The minutes, oldest first, if there are several; else none. */
  readonly minutes: readonly GroupMinute[];
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
  /** Newest first. */
  readonly groups: readonly CountGroup[];
  /** The minute of Redis, since the epoch, in which it has touched the messages that are not flagged; 0 if all are. */
  readonly touchedIn: number;
  /** Those of the log calls that are of hours so long ago that no window can hold them. They are in no group. */
  readonly late: number;
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
  return Math.max(last + 1, Math.floor(clock.now() * 1000));
}
