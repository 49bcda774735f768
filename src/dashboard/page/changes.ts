/** Makes the panel of messages that are new, surging or fading, each with a line of it. */

import { mapInSlices } from '../../read/slices';
import { factorText } from '../../read/surge';
import { OTHER } from '../../redis/keys';
import type { NotableChange } from '../data/changes';
import { shortHash } from '../data/short-hash';
import type { SampledChange, Snapshot } from '../data/snapshot';
import { dataHref, lineHref, type View } from '../view';
import type { Markup, MarkupElement } from './markup';
import { formatExpected, formatNumber } from './number';
import { severityLabel } from './severities';
import { type Column, cell, note, row, table } from './table';
import { textElement } from './text';
import { timeElement } from './time';

const COLUMNS: readonly Column[] = [
  { text: 'Change' },
  { text: 'Severity' },
  { text: 'Now', isNumber: true },
  { text: 'Expected', isNumber: true },
  { text: 'Last hour', isNumber: true },
  { text: 'Message' },
];
const EXPLANATION =
  'New: not seen within a week. Returned: not seen for a day. ×: this hour’s count compared with what last hour predicts by now; ten is added to both, so that small counts do not stand out.';

export async function changesPanel(snapshot: Snapshot, view: View, now: Date): Promise<MarkupElement> {
  if (snapshot.name === null) return ['section', { id: 'changes' }];
  const content = snapshot.changes.length > 0 ? await changesTable(snapshot, view, now) : [note(emptyText(snapshot))];
  return ['section', { id: 'changes' }, ['h2', {}, 'What changed'], ...content];
}

async function changesTable(
  { changes, changeCounts, undecided }: Snapshot,
  view: View,
  now: Date,
): Promise<MarkupElement[]> {
  const rows = await mapInSlices(changes, (change) => changeRow(change, view, now));
  const rest = changeCounts.new + changeCounts.surging + changeCounts.fading - changes.length;
  const notes = [
    ...(rest > 0 ? [`${formatNumber(rest)} more changed. Choose a severity to see more of its messages.`] : []),
    ...(undecided > 0
      ? [`${formatNumber(undecided)} others may have changed: ${OTHER} may include their counts.`]
      : []),
    EXPLANATION,
  ];
  return [table('changes', 'Messages that changed since last hour', COLUMNS, rows), ...notes.map(note)];
}

function emptyText({ hasBaseline, undecided }: Snapshot): string {
  if (!hasBaseline) return 'From the next hour on, this shows which messages are new, surging or fading.';
  return undecided > 0
    ? `${OTHER} includes so many messages that nobody can tell which of them changed.`
    : 'Each message is logged about as often as last hour predicts.';
}

function changeRow(change: SampledChange, view: View, now: Date): MarkupElement {
  const { severity, message, count, expected, previous } = change;
  return row(
    shortHash(severity, message),
    cell('status', badge(change)),
    cell('level', severityLabel(severity)),
    cell('number now', formatNumber(count)),
    cell('number expected', formatExpected(expected)),
    cell('number last', formatNumber(previous)),
    cell('message', textElement(message, { isKey: true, href: dataHref(view), more: sampleBlock(change, view, now) })),
  );
}

/** The word says it; the arrow and the colour repeat it. */
function badge({ status, score }: NotableChange): MarkupElement {
  if (status === 'new' || status === 'returned') return ['span', { class: 'badge new' }, status];
  const arrow = status === 'surging' ? '▲' : '▼';
  return ['span', { class: `badge ${status}` }, `${arrow} ${status} ${factorText(score)}`];
}

function sampleBlock({ sample }: SampledChange, view: View, now: Date): Markup {
  if (!sample) return ['div', { class: 'sample' }, 'No line of this message is among the latest.'];
  const time = timeElement(new Date(sample.time ?? Number.NaN), now);
  return [
    'div',
    { class: 'sample' },
    ['span', { class: 'when' }, 'Newest line, ', time],
    textElement(sample.message, { href: lineHref(view, sample.key) }),
  ];
}
