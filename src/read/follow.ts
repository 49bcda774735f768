/** Follows a recent list: gives the lines that are new since the last read, and counts those that were missed. */

import { assertWholeNumber, OptionsError } from '../errors';
import { isConfigurationError } from '../redis/failures';
import { pause, unlessAborted } from './abort';
import { parseLines, type RecentLine } from './lines';
import { assertReadOptions } from './option-names';
import { Position, type Step } from './position';
import type { RawLines } from './scripts';

/** Default time between two reads. */
export const INTERVAL_MS = 500;

/** Lines that the list had dropped before they could be read. */
export interface MissedLines {
  /** Number of lines, from 1. */
  readonly missed: number;
}

/** New lines as they come. */
export type FollowedLines = AsyncGenerator<RecentLine | MissedLines, void>;

/** Options of following a list. */
export interface FollowOptions {
  /** Ends the iteration, at once and without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Time between two reads of the list, in milliseconds; from 10 to 3,600,000. @default 500 */
  readonly intervalMs?: number | undefined;
  /**
   * Waits until the list is to be read again, in place of `intervalMs`, which is then the wait after a failure only: until
   * {@link RecentCommonReader.changedSince} says that there is something to read, say.
   */
  readonly wait?: (() => Promise<void>) | undefined;
  /** Number of the line after which to begin, such as the last `seq` that was read; from 0. @default the newest line now */
  readonly after?: number | undefined;
}

const FOLLOW_OPTIONS: Readonly<Record<keyof FollowOptions, true>> = {
  signal: true,
  intervalMs: true,
  wait: true,
  after: true,
};

/** A list that can be followed. */
export interface Followed {
  readonly name: string;
  readonly severity: string;
  /** Its newest lines: at least a hundred, or all. */
  read(): Promise<RawLines>;
  /** The line with this number and the lines after it; all lines if the newest has a smaller number. */
  readFrom(number: number): Promise<RawLines>;
}

/**
 * The new lines of a list, oldest first. If Redis does not answer, the next read asks again.
 *
 * @throws OptionsError for an option that cannot be used; the iteration throws an error that only a change of configuration
 *   can end, such as a wrong password
 */
export function follow(list: Followed, options: FollowOptions): FollowedLines {
  assertReadOptions(options, FOLLOW_OPTIONS);
  const { intervalMs = INTERVAL_MS, after, signal, wait } = options;
  assertWholeNumber(intervalMs, 'intervalMs', 10, 3_600_000);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionsError('signal', 'an AbortSignal', signal);
  }
  if (wait !== undefined && typeof wait !== 'function') throw new OptionsError('wait', 'a function', wait);
  if (after !== undefined) assertWholeNumber(after, 'after', 0, Number.MAX_SAFE_INTEGER);
  const rest = (isRead: boolean): Promise<void> =>
    isRead && wait ? unlessAborted(Promise.resolve(wait()), signal) : pause(intervalMs, signal);
  return iterate(list, after === undefined ? undefined : new Position(after, undefined), rest, signal);
}

/** @param rest - waits until the next read; whether the last one succeeded */
async function* iterate(
  list: Followed,
  from: Position | undefined,
  rest: (isRead: boolean) => Promise<void>,
  signal: AbortSignal | undefined,
): FollowedLines {
  let position = from;
  while (!signal?.aborted) {
    const step = await unlessAborted(readStep(position, list), signal);
    if (step) {
      position = step.position;
      if (step.missed > 0) yield { missed: step.missed };
      for (const line of parseLines(step, list.name, list.severity).reverse()) {
        if (signal?.aborted) return;
        yield line;
      }
    }
    await rest(step !== undefined);
  }
}

/** Undefined if Redis did not answer. */
async function readStep(position: Position | undefined, list: Followed): Promise<Step | undefined> {
  try {
    if (!position) {
      const { newest, lines } = await list.read();
      return { newest, lines: [], missed: 0, position: new Position(newest, lines) };
    }
    const found = await list.readFrom(position.number);
    return position.stepByNumbers(found) ?? position.stepByTexts(await list.read());
  } catch (error) {
    if (isConfigurationError(error)) throw error;
    return undefined;
  }
}
