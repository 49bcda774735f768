/** Makes the panel of messages that are new, surging or fading, each with a line of it. */

import { mapInSlices } from '../../read/slices';
import { OTHER } from '../../redis/keys';
import type { MessageRow } from '../data/rows';
import type { Snapshot } from '../data/snapshot';
import type { View } from '../view';
import type { MarkupElement } from './markup';
import { formatExpected, formatNumber } from './number';
import { countCell, levelClass, messageCell, rowKey, seenCell, sparkCell, statusCell } from './rows';
import { severityLabel } from './severities';
import { type Column, cell, note, row, table } from './table';
import { windowWords } from './words';

export async function changesPanel(snapshot: Snapshot, view: View, now: Date): Promise<MarkupElement> {
  const content =
    snapshot.changes.length > 0
      ? await changesTable(snapshot, view, now)
      : [note(view.filter === '' ? emptyText(snapshot) : 'No message that changed contains this text.')];
  return ['section', { id: 'changes' }, ['h2', {}, 'What changed'], ...content];
}

function columns(view: View): readonly Column[] {
  const words = windowWords(view);
  return [
    { text: 'Change' },
    { text: 'Severity' },
    { text: words.now, isNumber: true },
    { text: 'Expected', isNumber: true },
    { text: words.before, isNumber: true },
    { text: 'Last 60 minutes' },
    { text: 'First and last seen' },
    { text: 'Message' },
  ];
}

async function changesTable(
  { changes, matching, undecided }: Snapshot,
  view: View,
  now: Date,
): Promise<MarkupElement[]> {
  const rows = await mapInSlices(changes, (change) => changeRow(change, view, now));
  const rest = matching - changes.length;
  const { recently, predicted } = windowWords(view);
  const notes = [
    ...(rest > 0 ? [`${formatNumber(rest)} more changed. Choose a severity to see more of its messages.`] : []),
    ...(undecided > 0
      ? [`${formatNumber(undecided)} others may have changed: ${OTHER} may include their counts.`]
      : []),
    `New: first seen ${recently}, within a week. Returned: back ${recently} after a day or more. ×: the count compared with ${predicted}; ten is added to both, so that small counts do not stand out.`,
  ];
  return [table('changes', 'Messages that changed', columns(view), rows), ...notes.map(note)];
}

function emptyText({ hasBaseline, undecided }: Snapshot): string {
  if (!hasBaseline) return 'From the next hour on, this shows which messages are new, surging or fading.';
  return undecided > 0
    ? `${OTHER} includes so many messages that nobody can tell which of them changed.`
    : 'Each message is logged about as often as before.';
}

function changeRow(change: MessageRow, view: View, now: Date): MarkupElement {
  return row(
    { key: rowKey(change), class: levelClass(change) },
    statusCell(change, now),
    cell('level', severityLabel(change.severity)),
    countCell('now', change.count),
    cell('number expected', formatExpected(change.expected)),
    countCell('last', change.previous),
    sparkCell(change),
    seenCell(change, now),
    messageCell(change, view, now),
  );
}
