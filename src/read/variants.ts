/** Collects the messages of a pattern. */

import { assertBoolean, OptionsError } from '../errors';
import { type Slices, sortInSlices } from './slices';

/** Variants that are given of a row. */
const MOST_VARIANTS = 20;

/** What rows are: exact messages, or patterns. */
export interface GroupOptions {
  /**
   * `'message'` for a row of each exact message; `'pattern'` for a row of all messages that differ in values only, such as numbers, ids
   * and addresses: those with the same key by `parameterize`, and with keys that differ in one position in which the
   * messages of the logger tell that a value stands. @default 'message'
   */
  readonly groupBy?: 'message' | 'pattern' | undefined;
  /** False for patterns by `parameterize` alone. It does nothing for exact messages. @default true */
  readonly merge?: boolean | undefined;
}

/** @throws OptionsError for options that cannot be used */
export function assertGrouping({ groupBy, merge }: GroupOptions): void {
  if (groupBy !== undefined && groupBy !== 'message' && groupBy !== 'pattern') {
    throw new OptionsError('groupBy', "'message' or 'pattern'", groupBy);
  }
  assertBoolean(merge, 'merge');
}

export function isByPattern({ groupBy }: GroupOptions): boolean {
  return groupBy === 'pattern';
}

/** One of the exact messages of a pattern. */
export interface Variant {
  readonly message: string;
  readonly count: number;
}

/** The messages behind a row. If rows are exact messages, it has none of these. */
export interface RowVariants {
  /** Its exact messages by falling count, at most 20. */
  readonly variants?: readonly Variant[];
  /** How many exact messages there are. */
  readonly variantCount?: number;
  /**
   * The keys of these messages by `parameterize`, by falling count. They stay the same from reading to reading, while the text of a
   * row may change with its messages: links and alarms keep one of these, and find the row that has it.
   */
  readonly keys?: readonly string[];
}

/** Collects the messages of one row. */
export class VariantList {
  readonly #most: (Variant & { readonly previous: number })[] = [];
  readonly #keys = new Map<string, number>();
  #size = 0;

  /** @param previous - log calls before the window: of messages with the same count, those with more of them come first */
  add(message: string, key: string, count: number, previous = 0): void {
    this.#size++;
    this.#keys.set(key, (this.#keys.get(key) ?? 0) + count);
    const isLess = (other: { count: number; previous: number }): boolean =>
      other.count < count || (other.count === count && other.previous < previous);
    const last = this.#most[MOST_VARIANTS - 1];
    if (last && !isLess(last)) return;
    const at = this.#most.findIndex(isLess);
    this.#most.splice(at < 0 ? this.#most.length : at, 0, { message, count, previous });
    this.#most.length = Math.min(this.#most.length, MOST_VARIANTS);
  }

  async finish(slices: Slices): Promise<Required<RowVariants>> {
    const keys = await sortInSlices([...this.#keys], ([a, n], [b, m]) => m - n || (a < b ? -1 : 1), slices);
    return {
      variants: this.#most.map(({ message, count }) => ({ message, count })),
      variantCount: this.#size,
      keys: keys.map(([key]) => key),
    };
  }
}
