/** What is told of a message in a window: its numbers, when it was seen, and a line of it. */

import { parseLine, parseParts } from '../line-format';
import { toHour } from '../redis/hour';
import type { Change } from './surge';
import type { RowVariants } from './variants';

/** A line that was logged with a message. */
export interface Sample {
  readonly time: Date;
  /** The message with its metadata, as in a recent line. */
  readonly message: string;
  /** The stack of the error that was logged, if one was. */
  readonly stack?: string;
}

/** How the count of one message, or of all messages of a pattern, has changed. Then it is unknown what is unknown of one of them. */
export interface MessageChange extends Change, RowVariants {
  /** The message, or the pattern. */
  readonly message: string;
  /** The first log call in the memory of a week, to the second; null if it is not known. */
  readonly firstSeen: Date | null;
  /** The minute of the last log call if the minutes are known, else its hour; null if it is not known. */
  readonly lastSeen: Date | null;
  /**
   * The gap before that: hours from the hour before in which it was seen to the last one, from 1, which is no gap, to 168; null if
   * that is not known, or if it was not seen before. A message that was logged at 9:50, 10:10 and 13:30 has a gap of 3 hours.
   */
  readonly gapHours: number | null;
  /**
   * The minute in which the surge of a message that is surging began; left out if its last 60 minutes do not tell that, to within a
   * minute.
   */
  readonly surgingSince?: Date;
  /** Log calls of the last 60 minutes, oldest first; null for a minute that is not known. */
  readonly minutes: readonly (number | null)[];
  /**
   * The first line with the message in the hour of the last log call or the one before, if samples of its severity are kept; of the
   * first of `variants` that has one.
   */
  readonly sample: Sample | null;
}

/** What finds a row again in later readings: a key, which stays the same, while the text of a pattern may change. */
export function lastingKey({ keys, message }: Pick<MessageChange, 'keys' | 'message'>): string {
  return keys?.[0] ?? message;
}

/** Since when a message is what it has become, new or surging; undefined if that is not known. */
export function beganAt({
  status,
  firstSeen,
  surgingSince,
}: Pick<MessageChange, 'status' | 'firstSeen' | 'surgingSince'>): Date | undefined {
  return status === 'new' ? (firstSeen ?? undefined) : surgingSince;
}

/** When a message was seen before the last hour in which it was, in words. */
export function beforeText({
  gapHours,
  firstSeen,
  lastSeen,
}: Pick<MessageChange, 'gapHours' | 'firstSeen' | 'lastSeen'>): string {
  if (gapHours !== null) return `${gapHours} ${gapHours === 1 ? 'hour' : 'hours'} earlier`;
  const isFirst = firstSeen !== null && lastSeen !== null && toHour(firstSeen.getTime()) === toHour(lastSeen.getTime());
  return isFirst ? 'not within a week' : 'not known';
}

/** Which line the sample of a row is, in words. */
export function sampleText({ variantCount = 1 }: Pick<MessageChange, 'variantCount'>): string {
  return `the first of its hour${variantCount > 1 ? ' with one of the variants' : ''}`;
}

/** A line of samples, taken apart. */
export function parseSample(line: string | undefined): Sample | null {
  if (line === undefined) return null;
  const { time, text } = parseLine(line);
  const { message, stack } = parseParts(text);
  return { time, message, ...(stack === undefined ? {} : { stack }) };
}
