/** Finds the patterns of the messages of a reading, and remembers them until the messages are others. */

import { parameterize } from '../record/parameterize';
import { mergePatterns } from './merge-patterns';
import { Slices } from './slices';

/** Readings that are remembered. */
const MAX_REMEMBERED = 50;

/** The pattern of each message. */
export type Patterns = ReadonlyMap<string, string>;

interface Reading {
  readonly messages: ReadonlySet<string>;
  readonly patterns: Patterns;
}

/**
 * The pattern of each message, found in slices of the event loop: its key by `parameterize`, merged with others that differ in
 * one value only.
 *
 * @param messages - of one severity, of all windows that are compared, so that each has one pattern in all of them
 * @param isMerged - whether patterns that differ in one value only are merged
 */
export async function findPatterns(messages: Iterable<string>, isMerged = true): Promise<Patterns> {
  const slices = new Slices();
  const patterns = new Map<string, string>();
  for (const message of messages) {
    if (slices.isOver(16)) await slices.pause();
    patterns.set(message, parameterize(message));
  }
  if (!isMerged) return patterns;
  const merged = await mergePatterns(patterns.values());
  for (const [message, key] of merged.size === 0 ? [] : patterns) {
    if (slices.isOver()) await slices.pause();
    patterns.set(message, merged.get(key) ?? key);
  }
  return patterns;
}

/** Finds patterns like {@link findPatterns}, and only if the messages of their owner have changed since it was asked last. */
export class PatternMemory {
  readonly #readings = new Map<string, Reading>();

  /**
   * @param owner - what the messages belong to, such as a logger name and a severity
   */
  async find(owner: string, messages: Iterable<string>, isMerged = true): Promise<Patterns> {
    const asked = new Set(messages);
    const name = `${isMerged} ${owner}`;
    const known = this.#readings.get(name);
    if (known && isSame(known.messages, asked)) return known.patterns;
    const patterns = await findPatterns(asked, isMerged);
    this.#readings.delete(name);
    this.#readings.set(name, { messages: asked, patterns });
    const [oldest] = this.#readings.keys();
    if (this.#readings.size > MAX_REMEMBERED && oldest !== undefined) this.#readings.delete(oldest);
    return patterns;
  }
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const each of b) if (!a.has(each)) return false;
  return true;
}
