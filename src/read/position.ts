/** Tells which lines of a list are new since it was last read, even if numbers do not tell it. */

import { parseLine } from '../line-format';
import { toSecond } from './lines';
import type { RawLines } from './scripts';

/** Lines already read that are remembered, to recognise them if numbers do not tell which lines are new. */
const REMEMBERED = 100;

/** The lines that are new since the last read. */
export interface Step extends RawLines {
  readonly position: Position;
  readonly missed: number;
}

/**
 * How far a list has been read. Numbers tell which lines are new only if the last line read still has its number: Redis may
 * have lost lines that it had acknowledged, and other programs write lines without counting them.
 */
export class Position {
  readonly number: number;
  /** The newest lines that were read, newest first; undefined if they are not known. */
  readonly #lines: readonly string[] | undefined;

  constructor(number: number, lines: readonly string[] | undefined) {
    this.number = number;
    this.#lines = lines?.slice(0, REMEMBERED);
  }

  /** Tells new lines by their numbers; undefined if the numbers do not fit. */
  stepByNumbers({ newest, lines }: RawLines): Step | undefined {
    const count = newest - this.number;
    const last = this.#lines?.[0];
    // In a list of equal lines, the last line read is found under any number.
    const fits = lines.length > count ? lines[count] === last : lines[0] === last || !lines.includes(last ?? '');
    if (count < 0 || (this.#lines && !fits)) return undefined;
    return this.#advance(newest, lines, count, count - lines.length);
  }

  /** Tells new lines by their texts: those before the first line already read or, if none was, before the first older line. */
  stepByTexts({ newest, lines }: RawLines): Step {
    const known = new Set(this.#lines);
    const readAt = toSecond(parseLine(this.#lines?.[0] ?? '').time);
    let end = lines.findIndex((line) => known.has(line));
    if (end < 0) end = lines.findIndex((line) => toSecond(parseLine(line).time) < readAt);
    const count = end < 0 ? lines.length : end;
    const numbered = newest < this.number ? (end < 0 ? newest : count) : newest - this.number;
    return this.#advance(newest, lines, count, numbered - count);
  }

  #advance(newest: number, lines: readonly string[], count: number, missed: number): Step {
    const fresh = lines.slice(0, count);
    const position = new Position(newest, [...fresh, ...(this.#lines ?? lines.slice(count))]);
    return { newest, lines: fresh, missed: Math.max(0, missed), position };
  }
}
