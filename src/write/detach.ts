/** Copies texts that an application may have cut out of longer ones: such a part keeps the whole long text in memory. */

import type { Batch, CountedMessage } from './batch';

/** A copy of a text. */
export function detach(text: string): string {
  return ` ${text}`.slice(1);
}

/** The same counts, with copies of their messages. */
export function detachCounts(messages: Iterable<Readonly<CountedMessage>>): CountedMessage[] {
  return Array.from(messages, (counted) => ({ ...counted, message: detach(counted.message) }));
}

/** The same batch, with copies of its messages and lines. */
export function detachBatch(batch: Batch): Batch {
  const groups = batch.groups.map((group) => ({ ...group, messages: detachCounts(group.messages) }));
  return { ...batch, groups, lines: batch.lines.map(detach) };
}
