/** Reads the counts of one window: an hour, or the last minutes. */

import { assertWholeNumber, OptionsError } from '../errors';
import type { Connection } from '../redis/connection';
import type { DestinationKeys } from '../redis/keys';
import { type Memory, readMemory } from './memory';
import { MessageMinutes, sumLast } from './minutes';
import { readHour } from './scripts';

/** A message and how often it was logged. */
export interface MessageCount {
  readonly message: string;
  readonly count: number;
}

/** The last minutes, from 1 to 60: the running one and those before it. */
export interface MinuteWindow {
  readonly minutes: number;
}

/** Which window to read, and how many of its messages. */
export interface CommonOptions {
  /**
   * This hour, or the hour before it, by the clock of Redis in UTC; or the last minutes, from 1 to 60: the running one and those
   * before it. @default 'current'
   */
  readonly window?: 'current' | 'previous' | MinuteWindow | undefined;
  /** Most messages to return, the most frequent; at least 1. All by default. */
  readonly limit?: number | undefined;
}

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
export async function readWindow(
  connection: Connection,
  keys: DestinationKeys,
  options: CommonOptions,
): Promise<CommonWindow> {
  const { limit = 0, window = 'current' } = options;
  assertLimit(options.limit);
  assertWindow(window, ['current', 'previous']);
  if (typeof window === 'object') {
    return sumWindow(await readMemory(connection, keys), window.minutes, options.limit);
  }
  const { counts, ...hour } = await readHour(connection, keys, window === 'current' ? 0 : 1, limit);
  return { ...hour, isComplete: true, messages: counts.map(([message, count]) => ({ message, count })) };
}

/** What was logged in the last minutes, as far as it is known. */
function sumWindow(memory: Memory, minutes: number, limit: number | undefined): CommonWindow {
  const known = new MessageMinutes(memory);
  const total = known.total(minutes);
  const messages: MessageCount[] = [];
  let counted = 0;
  for (const message of memory.pulses.keys()) {
    const count = sumLast(known.list(message), minutes) ?? 0;
    counted += count;
    if (count > 0) messages.push({ message, count });
  }
  messages.sort((a, b) => b.count - a.count || (a.message < b.message ? 1 : -1));
  return {
    start: new Date(memory.now - known.windowMs(minutes)),
    end: new Date(memory.now),
    total: total ?? counted,
    isComplete: total === counted,
    messages: messages.slice(0, limit),
  };
}

/** @throws OptionsError for a window that is none */
export function assertWindow(window: unknown, hours: readonly string[]): void {
  if (typeof window === 'string' && hours.includes(window)) return;
  const { minutes } = Object(window) as { minutes?: unknown };
  const words = hours.map((hour) => `'${hour}'`).join(', ');
  if (typeof window !== 'object') throw new OptionsError('window', `${words} or { minutes: 1 to 60 }`, window);
  assertWholeNumber(minutes, 'window.minutes', 1, 60);
}

/** @throws OptionsError for a limit that is none */
export function assertLimit(limit: unknown): void {
  if (limit !== undefined) assertWholeNumber(limit, 'limit', 1);
}
