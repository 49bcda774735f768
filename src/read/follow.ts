import { assertWholeNumber, OptionsError } from '../errors';
import { parseLine } from '../line-format';
import { isConfigurationError } from '../redis/failures';
import { pause, unlessAborted } from './abort';
import { parseLines, type RecentLine, toSecond } from './lines';
import type { RawLines } from './scripts';

const INTERVAL_MS = 500;
/** Lines of the past that are recognised where numbers do not tell what is new. */
const REMEMBERED = 100;

/** Lines that were logged and that the list had given up before they could be read. */
export interface MissedLines {
  /** How many, from 1. */
  readonly missed: number;
}

/** What was logged, as it comes. */
export type FollowedLines = AsyncGenerator<RecentLine | MissedLines, void>;

/** How to follow a list. */
export interface FollowOptions {
  /** Ends the iteration, at once and without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Time between two looks at the list, in milliseconds; from 10 to 3,600,000. @default 500 */
  readonly intervalMs?: number | undefined;
  /** Number of a line to go on after, such as the `seq` of the newest line seen; from 0. @default the newest line now */
  readonly after?: number | undefined;
}

/** A list that can be followed. */
export interface Followed {
  readonly name: string;
  readonly severity: string;
  /** Its newest lines, a hundred at least or all. */
  read(): Promise<RawLines>;
  /** The lines after the one with this number, and that line; all lines where that number is not reached. */
  readFrom(number: number): Promise<RawLines>;
}

/**
 * The new lines of a list, oldest first. What Redis does not answer is asked again at the next look.
 * @throws OptionsError for an option that cannot be used; the iteration throws what only a change of configuration can end,
 * such as a wrong password
 */
export function follow(list: Followed, options: FollowOptions): FollowedLines {
  const { intervalMs = INTERVAL_MS, after, signal } = options;
  assertWholeNumber(intervalMs, 'intervalMs', 10, 3_600_000);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionsError('signal', 'an AbortSignal', signal);
  }
  if (after !== undefined) assertWholeNumber(after, 'after', 0, Number.MAX_SAFE_INTEGER);
  return steps(list, after === undefined ? undefined : new Position(after, undefined), intervalMs, signal);
}

async function* steps(
  list: Followed,
  from: Position | undefined,
  intervalMs: number,
  signal: AbortSignal | undefined,
): FollowedLines {
  let position = from;
  while (!signal?.aborted) {
    const step = await unlessAborted(stepFrom(position, list), signal);
    if (step) {
      position = step.position;
      if (step.missed > 0) yield { missed: step.missed };
      for (const line of parseLines(step, list.name, list.severity).reverse()) {
        if (signal?.aborted) return;
        yield line;
      }
    }
    await pause(intervalMs, signal);
  }
}

/** What is new since the last look. */
interface Step extends RawLines {
  readonly position: Position;
  readonly missed: number;
}

/** Undefined where Redis did not answer. */
async function stepFrom(position: Position | undefined, list: Followed): Promise<Step | undefined> {
  try {
    if (!position) {
      const { newest, lines } = await list.read();
      return { newest, lines: [], missed: 0, position: new Position(newest, lines) };
    }
    const found = await list.readFrom(position.number);
    return position.step(found) ?? position.stepByTexts(await list.read());
  } catch (error) {
    if (isConfigurationError(error)) throw error;
    return undefined;
  }
}

/**
 * How far a list has been read. Its numbers tell what is new, as long as the last line that was read is still found under its
 * number: Redis may have lost what it had acknowledged, and other programs write lines without numbers.
 */
class Position {
  readonly number: number;
  /** The newest lines that were read, newest first; undefined where they are not known. */
  readonly #lines: readonly string[] | undefined;

  constructor(number: number, lines: readonly string[] | undefined) {
    this.number = number;
    this.#lines = lines?.slice(0, REMEMBERED);
  }

  /** By the numbers; undefined where they do not fit. */
  step({ newest, lines }: RawLines): Step | undefined {
    const count = newest - this.number;
    const last = this.#lines?.[0];
    // A list of equal lines has the last one under any number.
    const fits = lines.length > count ? lines[count] === last : lines[0] === last || !lines.includes(last ?? '');
    if (count < 0 || (this.#lines && !fits)) return undefined;
    return this.#to(newest, lines, count, count - lines.length);
  }

  /** By the lines: up to the first that was read or, where there is none, that is older than the last one that was. */
  stepByTexts({ newest, lines }: RawLines): Step {
    const known = new Set(this.#lines);
    const readAt = toSecond(parseLine(this.#lines?.[0] ?? '').time);
    let end = lines.findIndex((line) => known.has(line));
    if (end < 0) end = lines.findIndex((line) => toSecond(parseLine(line).time) < readAt);
    const count = end < 0 ? lines.length : end;
    const numbered = newest < this.number ? (end < 0 ? newest : count) : newest - this.number;
    return this.#to(newest, lines, count, numbered - count);
  }

  #to(newest: number, lines: readonly string[], count: number, missed: number): Step {
    const fresh = lines.slice(0, count);
    const position = new Position(newest, [...fresh, ...(this.#lines ?? lines.slice(count))]);
    return { newest, lines: fresh, missed: Math.max(0, missed), position };
  }
}
