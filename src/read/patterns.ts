/** Finds the patterns of the messages of a reading, and remembers them until the messages are others. */

import { parameterize } from '../record/parameterize';
import { type DestinationKeys, OTHER } from '../redis/keys';
import type { Memory } from './memory';
import { type MergedPatterns, mergePatterns } from './merge-patterns';
import { Slices } from './slices';
import { type GroupOptions, isByPattern } from './variants';

/** Messages that are remembered, of all owners together. */
const MAX_REMEMBERED = 100_000;

/** The patterns of the messages of a reading. */
export class Patterns {
  readonly #keys: ReadonlyMap<string, string>;
  readonly #merged: MergedPatterns;

  constructor(keys: ReadonlyMap<string, string>, merged: MergedPatterns) {
    this.#keys = keys;
    this.#merged = merged;
  }

  /** What `parameterize` makes of a message; it stays the same from reading to reading. */
  findKey(message: string): string {
    return this.#keys.get(message) ?? message;
  }

  /** The key of a message, merged with those that differ in one value only. */
  findPattern(message: string): string {
    const key = this.findKey(message);
    return this.#merged.get(key) ?? key;
  }
}

interface Reading {
  readonly keys: ReadonlyMap<string, string>;
  readonly distinct: ReadonlySet<string>;
  /** Undefined if nothing was to be merged yet. */
  readonly merged?: MergedPatterns | undefined;
}

const NOTHING: Reading = { keys: new Map(), distinct: new Set() };
const NOT_MERGED: MergedPatterns = new Map();

/** Finds the patterns of messages in slices of the event loop, and only those of messages that their owner did not have before. */
export class PatternMemory {
  readonly #readings = new Map<string, Reading>();
  #size = 0;

  /**
   * The patterns of all messages of a reading.
   *
   * @param owner - what the messages belong to, such as a logger name and a severity
   * @param messages - of all windows that are compared, so that each has one pattern in all of them
   * @param isMerged - whether patterns that differ in one value only are merged
   */
  async find(owner: string, messages: Iterable<string>, isMerged = true): Promise<Patterns> {
    const known = this.#readings.get(owner) ?? NOTHING;
    const { keys, distinct } = await findKeys(messages, known.keys);
    const reading = { keys, distinct, merged: isSame(distinct, known.distinct) ? known.merged : undefined };
    if (isMerged) reading.merged ??= await mergePatterns(distinct);
    this.#remember(owner, reading);
    return new Patterns(keys, isMerged && reading.merged ? reading.merged : NOT_MERGED);
  }

  #remember(owner: string, reading: Reading): void {
    this.#forget(owner);
    this.#readings.set(owner, reading);
    this.#size += reading.keys.size;
    for (const oldest of this.#readings.keys()) {
      if (this.#size <= MAX_REMEMBERED) return;
      this.#forget(oldest);
    }
  }

  #forget(owner: string): void {
    this.#size -= this.#readings.get(owner)?.keys.size ?? 0;
    this.#readings.delete(owner);
  }
}

async function findKeys(
  messages: Iterable<string>,
  known: ReadonlyMap<string, string>,
): Promise<Pick<Reading, 'keys' | 'distinct'>> {
  const slices = new Slices();
  const keys = new Map<string, string>();
  const distinct = new Set<string>();
  for (const message of messages) {
    if (slices.isOver(16)) await slices.pause();
    const key = known.get(message) ?? parameterize(message);
    // What is too rare to be counted one by one is no message.
    if (key === OTHER) continue;
    keys.set(message, key);
    distinct.add(key);
  }
  return { keys, distinct };
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const each of b) if (!a.has(each)) return false;
  return true;
}

/** The patterns of the messages of a logger and severity, if rows are patterns: of both hours and of the week. */
export async function findPatterns(
  memory: PatternMemory,
  { common }: DestinationKeys,
  reading: Memory,
  options: GroupOptions,
): Promise<Patterns | undefined> {
  if (!isByPattern(options)) return undefined;
  return memory.find(common, listMessages(reading), options.merge);
}

function* listMessages({ current, previous, seen }: Memory): Iterable<string> {
  for (const [message] of current) yield message;
  for (const [message] of previous) yield message;
  yield* seen.keys();
}
