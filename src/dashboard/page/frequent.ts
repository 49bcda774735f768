import { OTHER } from '../../redis/keys';
import { type FrequentMessage, isYoung } from '../data/ranking';
import { hashOf } from '../data/samples';
import type { Snapshot } from '../data/snapshot';
import { dataOf, hrefOf, type View } from '../view';
import { severityOf } from './head';
import type { MarkupElement } from './markup';
import { type Column, cell, note, row, table } from './table';
import { numberOf, textOf } from './text';

/** The longest bar, in units of the drawing. */
const BAR = 100;

/** What is logged most, this hour beside the last. */
export function frequentPanel(snapshot: Snapshot, view: View): MarkupElement {
  const { frequent, name } = snapshot;
  if (name === null) return ['section', { id: 'frequent' }];
  const most = Math.max(1, ...frequent.flatMap(({ count, previous }) => [count, previous]));
  const rows = frequent.map((message) => frequentRow(message, most, view));
  const list =
    rows.length > 0
      ? table('frequent', 'Messages by how often they were logged', columnsOf(view), rows)
      : note('Nothing was counted this hour or the last.');
  const hour = view.sort === 'previous' ? 'last' : 'this';
  return ['section', { id: 'frequent' }, ['h2', {}, `Most frequent ${hour} hour`], list, ...notesOf(snapshot, view)];
}

function columnsOf(view: View): Column[] {
  const sortedBy = (sort: View['sort']): NonNullable<Column['sort']> => {
    return { href: hrefOf({ ...view, sort }), isOrder: view.sort === sort };
  };
  return [
    { text: 'This and last hour' },
    { text: 'Severity' },
    { text: 'This hour', isNumber: true, sort: sortedBy('current') },
    { text: 'Share', isNumber: true },
    { text: 'Last hour', isNumber: true, sort: sortedBy('previous') },
    { text: 'Message' },
  ];
}

function notesOf({ frequent, folded, elapsed }: Snapshot, { sort }: View): MarkupElement[] {
  const notes: MarkupElement[] = [];
  if (frequent.length > 0 && sort === 'current' && isYoung(elapsed)) {
    notes.push(note('The hour is young: ordered by the last sixty minutes, as far as both hours tell.'));
  }
  if (folded > 0)
    notes.push(note(`${OTHER} counts ${numberOf(folded)} log calls of messages too rare to be told apart.`));
  return notes;
}

function frequentRow(
  { severity, message, count, previous, share }: FrequentMessage,
  most: number,
  view: View,
): MarkupElement {
  const percent = Math.round(share * 100);
  return row(
    hashOf(severity, message),
    cell('bars', bars(count / most, previous / most)),
    cell('level', severityOf(severity)),
    cell('number now', numberOf(count)),
    cell('number share', percent === 0 && share > 0 ? '<1%' : `${percent}%`),
    cell('number last', numberOf(previous)),
    cell('message', textOf(message, { isKey: true, href: dataOf(view) })),
  );
}

/** The attributes of SVG need no style, which the policy of the page forbids. */
function bars(now: number, before: number): MarkupElement {
  const width = (part: number): string => (part > 0 ? Math.max(1, part * BAR).toFixed(1) : '0');
  return [
    'svg',
    { viewBox: `0 0 ${BAR} 12`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ['rect', { class: 'now', width: width(now), height: '7' }],
    ['rect', { class: 'before', y: '8', width: width(before), height: '4' }],
  ];
}
