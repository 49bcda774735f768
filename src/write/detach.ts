/** Copies the texts of batches that are kept for long. */

import { detach } from '../record/text';
import type { Batch, CountedMessage } from './batch';

/** The same counts, with copies of their messages. */
export function detachCounts(messages: Iterable<Readonly<CountedMessage>>): CountedMessage[] {
  return Array.from(messages, (counted) => ({ ...counted, message: detach(counted.message) }));
}

/** The same batch, with copies of its messages and lines. */
export function detachBatch(batch: Batch): Batch {
  const groups = batch.groups.map((group) => ({ ...group, messages: detachCounts(group.messages) }));
  return { ...batch, groups, lines: batch.lines.map(detach) };
}
