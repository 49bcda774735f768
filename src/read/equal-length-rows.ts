/** Keys of one number of tokens, and which of them are equal but for one: found by hashes that leave out the token in one place. */

import type { Slices } from './slices';

const BLANK = 32;
const FIRST_CAPACITY = 256;

/** Rows that are equal but for one position. */
export interface Candidate {
  readonly rows: EqualLengthRows;
  readonly position: number;
  /** The numbers of the rows. */
  readonly members: number[];
}

/** The text of a row before and after a position, and in it. */
export interface Around {
  readonly before: string;
  readonly after: string;
}

/** Numbers in a typed array, which the garbage collector need not look through: there are a million of them if windows are full. */
class Numbers {
  #items = new Int32Array(FIRST_CAPACITY);
  #length = 0;

  push(number: number): void {
    if (this.#length === this.#items.length) {
      const longer = new Int32Array(2 * this.#length);
      longer.set(this.#items);
      this.#items = longer;
    }
    this.#items[this.#length++] = number;
  }

  at(i: number): number {
    return this.#items[i] as number;
  }
}

/**
 * Keys with the same number of tokens. The hash of a key is a sum over its tokens, each mixed with its place, so that the hash of a
 * key without one of them is a difference. Two sums are compared, so that different rows are hardly ever taken for equal ones; whoever
 * uses a candidate compares the texts.
 */
export class EqualLengthRows {
  readonly keys: string[] = [];
  readonly #hashes = new Numbers();
  readonly #sums = new Numbers();
  readonly #otherSums = new Numbers();

  /** @param tokens - how many each key has */
  constructor(readonly tokens: number) {}

  add(key: string): void {
    this.keys.push(key);
    let [sum, otherSum, start] = [0, 0, 0];
    for (let position = 0; position < this.tokens; position++) {
      const blank = key.indexOf(' ', start);
      const end = blank < 0 ? key.length : blank;
      const hash = hashToken(key, start, end);
      this.#hashes.push(hash);
      const mixed = mix(hash, position);
      sum = (sum + mixed) | 0;
      otherSum = (otherSum + mixAgain(mixed)) | 0;
      start = end + 1;
    }
    this.#sums.push(sum);
    this.#otherSums.push(otherSum);
  }

  /** Adds the rows that are equal but for this position, if there are two of them. */
  async findCandidates(position: number, shared: Candidate[], slices: Slices): Promise<void> {
    const size = this.keys.length;
    const mask = 2 ** Math.ceil(Math.log2(2 * size)) - 1;
    const table = new Int32Array(mask + 1);
    const left = new Int32Array(size);
    const otherLeft = new Int32Array(size);
    const candidates = new Map<number, Candidate>();
    for (let row = 0; row < size; row++) {
      if (slices.isOver()) await slices.pause();
      const mixed = mix(this.#hashes.at(row * this.tokens + position), position);
      const hash = (left[row] = (this.#sums.at(row) - mixed) | 0);
      const otherHash = (otherLeft[row] = (this.#otherSums.at(row) - mixAgain(mixed)) | 0);
      let at = (hash ^ (hash >>> 15)) & mask;
      let first = (table[at] as number) - 1;
      while (first >= 0 && (left[first] !== hash || otherLeft[first] !== otherHash)) {
        at = (at + 1) & mask;
        first = (table[at] as number) - 1;
      }
      if (first < 0) table[at] = row + 1;
      else this.#addPair(first, row, position, candidates, shared);
    }
  }

  /** The text of a row around a position. */
  split(row: number, position: number): Around {
    const key = this.keys[row] as string;
    let start = 0;
    for (let i = 0; i < position; i++) start = key.indexOf(' ', start) + 1;
    const blank = key.indexOf(' ', start);
    return { before: key.slice(0, start), after: blank < 0 ? '' : key.slice(blank) };
  }

  #addPair(
    first: number,
    row: number,
    position: number,
    candidates: Map<number, Candidate>,
    shared: Candidate[],
  ): void {
    const known = candidates.get(first);
    if (known) {
      known.members.push(row);
      return;
    }
    const candidate = { rows: this, position, members: [first, row] };
    candidates.set(first, candidate);
    shared.push(candidate);
  }
}

/** The number of tokens of a key. */
export function countTokens(key: string): number {
  let count = 1;
  for (let i = 0; i < key.length; i++) if (key.charCodeAt(i) === BLANK) count++;
  return count;
}

function hashToken(key: string, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x9e3779b1) ^ (hash >>> 15);
  return hash;
}

function mix(hash: number, position: number): number {
  const mixed = Math.imul(hash ^ Math.imul(position + 1, 0x85ebca6b), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function mixAgain(hash: number): number {
  const mixed = Math.imul(hash ^ 0x27d4eb2f, 0x165667b1);
  return mixed ^ (mixed >>> 13);
}
