/** How the rows of a window have changed: of each message, or of each pattern, the most surprising first. */

import { PLACEHOLDER } from '../record/parameterize';
import { OTHER } from '../redis/keys';
import { Comparer, type Comparison, Row } from './comparer';
import type { Memory } from './memory';
import type { MessageChange } from './message-change';
import type { Patterns } from './patterns';
import { Slices, sortInSlices } from './slices';
import { type Change, STATUS_RANK, surprise } from './surge';
import { VariantList } from './variants';

const PLACEHOLDERS = new RegExp(PLACEHOLDER);

/**
 * How the count of each row has changed, found in slices, the most surprising first: new, returned and surging rows by score,
 * then fading ones, then the others.
 *
 * @param patterns - for a row of each pattern; for a row of each message if not given
 */
export async function compareMessages(
  memory: Memory,
  comparison: Comparison,
  patterns?: Patterns,
): Promise<MessageChange[]> {
  const slices = new Slices();
  const rows = new Rows(memory, comparison, patterns);
  const gone = new Map<string, number>();
  for (const [message, before] of memory.previous) {
    if (slices.isOver()) await slices.pause();
    gone.set(message, before);
  }
  for (const [message, count] of memory.current) {
    if (slices.isOver()) await slices.pause();
    rows.add(message, count, gone.get(message));
    gone.delete(message);
  }
  for (const [message, before] of gone) {
    if (slices.isOver()) await slices.pause();
    rows.add(message, undefined, before);
  }
  for (const message of patterns ? memory.seen.keys() : []) {
    if (slices.isOver()) await slices.pause();
    rows.addOlder(message);
  }
  return sortInSlices(await rows.finish(slices), bySurprise, slices);
}

/** How the sum of all messages of a window has changed: new if its severity logged nothing before, but its logger did. */
export function compareTotal(memory: Memory, comparison: Comparison): Change {
  return new Comparer(memory, comparison).compareTotal();
}

/** The rows of a comparison. */
class Rows {
  readonly #comparer: Comparer;
  readonly #patterns: Patterns | undefined;
  readonly #rows = new Map<string, { readonly row: Row; readonly variants: VariantList | undefined }>();
  readonly #counted = new Set<string>();

  constructor(memory: Memory, comparison: Comparison, patterns: Patterns | undefined) {
    this.#comparer = new Comparer(memory, comparison);
    this.#patterns = patterns;
  }

  add(message: string, current: number | undefined, before: number | undefined): void {
    const { row, variants } = this.#find(message);
    const count = this.#comparer.add(row, message, current, before);
    if (!this.#patterns) return;
    this.#counted.add(message);
    variants?.add(message, this.#patterns.findKey(message), count, (current ?? 0) + (before ?? 0) - count);
  }

  addOlder(message: string): void {
    const found = this.#counted.has(message)
      ? undefined
      : this.#rows.get(this.#patterns?.findPattern(message) ?? message);
    if (found) this.#comparer.addOlder(found.row, message);
  }

  async finish(slices: Slices): Promise<MessageChange[]> {
    const changes: MessageChange[] = [];
    for (const { row, variants } of this.#rows.values()) {
      if (slices.isOver()) await slices.pause();
      const change = this.#comparer.close(row);
      changes.push(variants ? { ...change, ...(await variants.finish(slices)) } : change);
    }
    return changes;
  }

  #find(message: string): { readonly row: Row; readonly variants: VariantList | undefined } {
    const name = this.#patterns?.findPattern(message) ?? message;
    const known = this.#rows.get(name);
    if (known) return known;
    const isPattern = this.#patterns !== undefined && message !== OTHER;
    const variants = isPattern ? new VariantList() : undefined;
    const found = { row: new Row(name, isPattern && PLACEHOLDERS.test(name)), variants };
    this.#rows.set(name, found);
    return found;
  }
}

function bySurprise(a: MessageChange, b: MessageChange): number {
  return (
    STATUS_RANK[a.status] - STATUS_RANK[b.status] ||
    surprise(b) - surprise(a) ||
    b.count - a.count ||
    (a.message < b.message ? -1 : 1)
  );
}
