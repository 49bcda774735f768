/** The lines of recent lists as objects, of one list and merged by time. */

import { parseLine, parseParts } from '../line-format';
import type { RawLines } from './scripts';
import { Slices } from './slices';

/** One line of a recent list. */
export interface RecentLine {
  /** Number of the line in its list, from 1. It moves if other programs write to the list, since they do not count lines. */
  readonly seq: number;
  /**
   * An asctime is to the second, and read as local time, whatever the time zone of its writer. An Invalid Date if the line does
   * not begin with a time.
   */
  readonly time: Date;
  /** The line after its time: the message and, if there is metadata, a space and the metadata as JSON. */
  readonly message: string;
  /** The stack of the error that was logged, if one was. */
  readonly stack?: string;
  readonly severity: string;
  readonly name: string;
}

/** Such lines are rare, and their marks are nobody else's business. */
const plainLines = new WeakSet<RecentLine>();
const linesToSecond = new WeakSet<RecentLine>();

/** Whole epoch seconds; NaN for an Invalid Date. */
export function toSecond(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

/** A list of lines as it was read. */
export interface RawList extends RawLines {
  readonly name: string;
  readonly severity: string;
}

/** The lines of one list, in its order: newest first. */
export function parseLines({ newest, lines }: RawLines, name: string, severity: string): RecentLine[] {
  return lines.map((line, i) => parse(line, newest - i, name, severity));
}

/** The lines of several lists as one list, newest first, of which only those are kept that are wanted. In slices. */
export async function selectLines(
  lists: readonly RawList[],
  isWanted: (line: RecentLine) => boolean,
  limit = Infinity,
): Promise<RecentLine[]> {
  const slices = new Slices();
  const parsed: RecentLine[][] = [];
  for (const { newest, lines, name, severity } of lists) {
    const list: RecentLine[] = [];
    for (const [i, line] of lines.entries()) {
      if (slices.isOver()) await slices.pause();
      list.push(parse(line, newest - i, name, severity));
    }
    parsed.push(list);
  }
  const selected: RecentLine[] = [];
  for (const line of mergingByTime(parsed)) {
    if (selected.length >= limit) break;
    if (slices.isOver()) await slices.pause();
    if (isWanted(line)) selected.push(line);
  }
  return selected;
}

function parse(line: string, seq: number, name: string, severity: string): RecentLine {
  const { time, isToSecond, text } = parseLine(line);
  const { message, stack, isPlain } = parseParts(text);
  const parsed = { seq, time, message, ...(stack === undefined ? {} : { stack }), severity, name };
  if (isPlain) plainLines.add(parsed);
  if (isToSecond) linesToSecond.add(parsed);
  return parsed;
}

/** Whether the message of a line is only a message: what looks like metadata in it was logged as text. */
export function isPlainLine(line: RecentLine): boolean {
  return plainLines.has(line);
}

/** Whether a line is of this time or later. One whose time is to the second may be of any time within it. */
export function isSince(line: RecentLine, since: Date): boolean {
  return linesToSecond.has(line) ? toSecond(line.time) >= toSecond(since) : line.time >= since;
}

/**
 * The lines of several lists as one list, newest first. The lines of each list stay in order, since clocks of writers differ
 * and an asctime is to the second. A line without a time comes right after the line before it.
 */
export function mergeByTime(lists: readonly (readonly RecentLine[])[]): RecentLine[] {
  return [...mergingByTime(lists)];
}

function* mergingByTime(lists: readonly (readonly RecentLine[])[]): Generator<RecentLine> {
  const rests = lists.filter((list) => list.length > 0).map((list) => ({ list, next: 0 }));
  const timeAt = ({ list, next }: (typeof rests)[number]): number => list[next]?.time.getTime() ?? -Infinity;
  for (let left = lists.reduce((sum, { length }) => sum + length, 0); left > 0; left--) {
    const newest = rests.reduce((best, rest) =>
      timeAt(rest) > timeAt(best) || Number.isNaN(timeAt(rest)) ? rest : best,
    );
    yield newest.list[newest.next++] as RecentLine;
  }
}
