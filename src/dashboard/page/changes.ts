import { factorText } from '../../read/surge';
import { OTHER } from '../../redis/keys';
import type { NotableChange } from '../data/ranking';
import { hashOf } from '../data/samples';
import type { SampledChange, Snapshot } from '../data/snapshot';
import { dataOf, lineOf, type View } from '../view';
import { severityOf } from './head';
import type { Markup, MarkupElement } from './markup';
import { type Column, cell, note, row, table } from './table';
import { expectedOf, numberOf, textOf, timeOf } from './text';

const COLUMNS: readonly Column[] = [
  { text: 'Change' },
  { text: 'Severity' },
  { text: 'Now', isNumber: true },
  { text: 'Expected', isNumber: true },
  { text: 'Last hour', isNumber: true },
  { text: 'Message' },
];
const EXPLANATION =
  'New: not seen last hour. ×: times what last hour predicts for this part of the hour, with ten added to both sides, so that small counts make no news.';

/** What is new, surging or fading, each with a line of it. */
export function changesPanel(snapshot: Snapshot, view: View, now: Date): MarkupElement {
  if (snapshot.name === null) return ['section', { id: 'changes' }];
  const content = snapshot.changes.length > 0 ? listOf(snapshot, view, now) : [note(noneOf(snapshot))];
  return ['section', { id: 'changes' }, ['h2', {}, 'What changed'], ...content];
}

function listOf({ changes, changeCounts, undecided }: Snapshot, view: View, now: Date): MarkupElement[] {
  const rows = changes.map((change) => changeRow(change, view, now));
  const rest = changeCounts.new + changeCounts.surging + changeCounts.fading - changes.length;
  const notes = [
    ...(rest > 0 ? [`And ${numberOf(rest)} more: choose a severity to see more of it.`] : []),
    ...(undecided > 0 ? [`${numberOf(undecided)} others may have changed: ${OTHER} holds what would tell.`] : []),
    EXPLANATION,
  ];
  return [table('changes', 'Messages that changed against the hour before', COLUMNS, rows), ...notes.map(note)];
}

function noneOf({ hasBaseline, undecided }: Snapshot): string {
  if (!hasBaseline) return 'From the next hour on, this shows which messages are new, surging or fading.';
  return undecided > 0
    ? `${OTHER} counts so many messages together that what became of each cannot be told.`
    : 'Each message is logged about as often as last hour predicts.';
}

function changeRow(change: SampledChange, view: View, now: Date): MarkupElement {
  const { severity, message, count, expected, previous } = change;
  return row(
    hashOf(severity, message),
    cell('status', badgeOf(change)),
    cell('level', severityOf(severity)),
    cell('number now', numberOf(count)),
    cell('number expected', expectedOf(expected)),
    cell('number last', numberOf(previous)),
    cell('message', textOf(message, { isKey: true, href: dataOf(view), more: sampleOf(change, view, now) })),
  );
}

/** A word says it; its sign and colour only say it again. */
function badgeOf({ status, score }: NotableChange): MarkupElement {
  if (status === 'new') return ['span', { class: 'badge new' }, 'new'];
  const arrow = status === 'surging' ? '▲' : '▼';
  return ['span', { class: `badge ${status}` }, `${arrow} ${status} ${factorText(score)}`];
}

function sampleOf({ sample }: SampledChange, view: View, now: Date): Markup {
  if (!sample) return ['div', { class: 'sample' }, 'None of its lines is among the newest.'];
  const time = timeOf(new Date(sample.time ?? Number.NaN), now);
  return [
    'div',
    { class: 'sample' },
    ['span', { class: 'when' }, 'Newest line, ', time],
    textOf(sample.message, { href: lineOf(view, sample.key) }),
  ];
}
