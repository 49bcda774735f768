/** Reads the counts of one window: an hour, or the last minutes. */

import { assertWholeNumber, OptionsError } from '../errors';
import { type DestinationKeys, OTHER } from '../redis/keys';
import { type Memory, readMemory } from './memory';
import { MessageMinutes, minutesBeginning, sumLast } from './minutes';
import { assertReadOptions } from './option-names';
import { findPatterns, type Patterns } from './patterns';
import { type Count, readHour } from './scripts';
import { Slices, sortInSlices } from './slices';
import type { Source } from './source';
import { assertGrouping, type GroupOptions, isByPattern, type RowVariants, VariantList } from './variants';

const HOUR_MS = 3_600_000;

/** A message, or the messages of a pattern, and how often it was logged. */
export interface MessageCount extends RowVariants {
  /** The message, or the pattern. */
  readonly message: string;
  readonly count: number;
}

/** The last minutes, from 1 to 60: the running one and those before it. */
export interface MinuteWindow {
  readonly minutes: number;
}

/** Which window to read, and how many of its rows. */
export interface CommonOptions extends GroupOptions {
  /**
   * This hour, or the hour before it, by the clock of Redis in UTC; or the last minutes, from 1 to 60: the running one and those
   * before it. @default 'current'
   */
  readonly window?: 'current' | 'previous' | MinuteWindow | undefined;
  /** Most rows to return, the most frequent; at least 1. All by default. */
  readonly limit?: number | undefined;
}

const COMMON_OPTIONS: Readonly<Record<keyof CommonOptions, true>> = {
  window: true,
  limit: true,
  groupBy: true,
  merge: true,
};
const MINUTE_WINDOW: Readonly<Record<keyof MinuteWindow, true>> = { minutes: true };

/** The counts of one window; empty if nothing was logged in it. */
export interface CommonWindow {
  /** Beginning of the window. */
  readonly start: Date;
  /** End of the window: now, or the end of the hour before. */
  readonly end: Date;
  /** Log calls of the window, including those of messages beyond `limit`. */
  readonly total: number;
  /**
   * False if it is not known of all minutes of the window what was logged in them, or of all messages in which minutes: other
   * programs wrote, say, or there were more messages than are kept. Then there may have been more than is told. Hours are complete.
   */
  readonly isComplete: boolean;
  /** By falling count. */
  readonly messages: readonly MessageCount[];
}

/** Reads the counts of a window. */
export async function readWindow(source: Source, keys: DestinationKeys, options: CommonOptions): Promise<CommonWindow> {
  assertReadOptions(options, COMMON_OPTIONS);
  const { limit, window = 'current' } = options;
  assertGrouping(options);
  assertLimit(limit);
  assertWindow(window, ['current', 'previous']);
  if (isByPattern(options) || typeof window === 'object') {
    const memory = await readMemory(source.connection, keys, isByPattern(options));
    const counts = typeof window === 'object' ? await sumWindow(memory, window.minutes) : countHour(memory, window);
    const patterns = await findPatterns(source.patterns, keys, memory, options);
    const messages = patterns ? await groupCounts(counts.messages, patterns) : counts.messages;
    return { ...counts, messages: messages.slice(0, limit) };
  }
  const { counts, ...hour } = await readHour(source.connection, keys, window === 'current' ? 0 : 1, limit ?? 0);
  return { ...hour, isComplete: true, messages: counts.map(toMessageCount) };
}

function countHour({ now, sums, ...hours }: Memory, window: 'current' | 'previous'): CommonWindow {
  const hour = now - (now % HOUR_MS);
  const [start, end] = window === 'current' ? [hour, now] : [hour - HOUR_MS, hour];
  const messages = hours[window].map(toMessageCount);
  return { start: new Date(start), end: new Date(end), total: sums[window], isComplete: true, messages };
}

/** What was logged in the last minutes, as far as it is known. */
async function sumWindow(memory: Memory, minutes: number): Promise<CommonWindow> {
  const slices = new Slices();
  const known = new MessageMinutes(memory);
  const total = known.total(minutes);
  const [current, previous] = [
    await pickCounts(memory.current, memory, slices),
    await pickCounts(memory.previous, memory, slices),
  ];
  const messages: MessageCount[] = [];
  for (const message of memory.pulses.keys()) {
    if (slices.isOver()) await slices.pause();
    const count = sumLast(known.list(message, current.get(message), previous.get(message)), minutes) ?? 0;
    if (count > 0) messages.push({ message, count });
  }
  const counted = messages.reduce((sum, { count }) => sum + count, 0);
  return {
    start: new Date(minutesBeginning(memory.now, minutes)),
    end: new Date(memory.now),
    total: total ?? counted,
    isComplete: total === counted,
    messages: await sortInSlices(messages, byCount, slices),
  };
}

/** The counts of those messages whose minutes are kept. */
async function pickCounts(
  counts: readonly Count[],
  { pulses }: Memory,
  slices: Slices,
): Promise<ReadonlyMap<string, number>> {
  const picked = new Map<string, number>();
  for (const [message, count] of counts) {
    if (slices.isOver()) await slices.pause();
    if (pulses.has(message)) picked.set(message, count);
  }
  return picked;
}

/** A row of each pattern, by falling count. */
async function groupCounts(messages: readonly MessageCount[], patterns: Patterns): Promise<MessageCount[]> {
  const slices = new Slices();
  const rows = new Map<string, { count: number; readonly variants: VariantList }>();
  for (const { message, count } of messages) {
    if (slices.isOver()) await slices.pause();
    const pattern = patterns.findPattern(message);
    const row = rows.get(pattern) ?? { count: 0, variants: new VariantList() };
    row.count += count;
    row.variants.add(message, patterns.findKey(message), count);
    rows.set(pattern, row);
  }
  const grouped: MessageCount[] = [];
  for (const [message, { count, variants }] of rows) {
    if (slices.isOver()) await slices.pause();
    grouped.push({ message, count, ...(message === OTHER ? {} : await variants.finish(slices)) });
  }
  return sortInSlices(grouped, byCount, slices);
}

function toMessageCount([message, count]: Count): MessageCount {
  return { message, count };
}

/** As Redis orders the members of a sorted set, the greatest first. */
function byCount(a: MessageCount, b: MessageCount): number {
  return b.count - a.count || (a.message < b.message ? 1 : -1);
}

/** @throws OptionsError for a window that is none */
export function assertWindow(window: unknown, hours: readonly string[]): void {
  if (typeof window === 'string' && hours.includes(window)) return;
  const { minutes } = Object(window) as { minutes?: unknown };
  const words = hours.map((hour) => `'${hour}'`).join(', ');
  if (typeof window !== 'object') throw new OptionsError('window', `${words} or { minutes: 1 to 60 }`, window);
  assertWholeNumber(minutes, 'window.minutes', 1, 60);
  assertReadOptions(Object(window), MINUTE_WINDOW);
}

/** @throws OptionsError for a limit that is none */
export function assertLimit(limit: unknown): void {
  if (limit !== undefined) assertWholeNumber(limit, 'limit', 1);
}
