/** Makes the panel of the most frequent messages, this hour beside last hour. */

import { OTHER } from '../../redis/keys';
import { type FrequentMessage, isYoung } from '../data/frequent';
import { shortHash } from '../data/short-hash';
import type { Snapshot } from '../data/snapshot';
import { dataHref, type View, viewHref } from '../view';
import type { MarkupElement } from './markup';
import { formatNumber } from './number';
import { severityLabel } from './severities';
import { type Column, cell, note, row, table } from './table';
import { textElement } from './text';

/** The longest bar, in units of the drawing. */
const BAR = 100;

export function frequentPanel(snapshot: Snapshot, view: View): MarkupElement {
  const { frequent, name } = snapshot;
  if (name === null) return ['section', { id: 'frequent' }];
  const most = Math.max(1, ...frequent.flatMap(({ count, previous }) => [count, previous]));
  const rows = frequent.map((message) => frequentRow(message, most, view));
  const list =
    rows.length > 0
      ? table('frequent', 'Messages by how often they were logged', columns(view), rows)
      : note('Nothing was logged this hour or last hour.');
  const hour = view.sort === 'previous' ? 'last' : 'this';
  return ['section', { id: 'frequent' }, ['h2', {}, `Most frequent ${hour} hour`], list, ...notes(snapshot, view)];
}

function columns(view: View): Column[] {
  const sort = (hour: View['sort']): NonNullable<Column['sort']> => {
    return { href: viewHref({ ...view, sort: hour }), isOrder: view.sort === hour };
  };
  return [
    { text: 'This and last hour' },
    { text: 'Severity' },
    { text: 'This hour', isNumber: true, sort: sort('current') },
    { text: 'Share', isNumber: true },
    { text: 'Last hour', isNumber: true, sort: sort('previous') },
    { text: 'Message' },
  ];
}

function notes({ frequent, folded, elapsed }: Snapshot, { sort }: View): MarkupElement[] {
  const texts: string[] = [];
  if (frequent.length > 0 && sort === 'current' && isYoung(elapsed)) {
    texts.push('The hour has just begun, so messages are ordered by an estimate of the last sixty minutes.');
  }
  if (folded > 0) {
    texts.push(`${OTHER} stands for ${formatNumber(folded)} log calls of messages too rare to be counted one by one.`);
  }
  return texts.map(note);
}

function frequentRow(
  { severity, message, count, previous, share }: FrequentMessage,
  most: number,
  view: View,
): MarkupElement {
  const percent = Math.round(share * 100);
  return row(
    shortHash(severity, message),
    cell('bars', bars(count / most, previous / most)),
    cell('level', severityLabel(severity)),
    cell('number now', formatNumber(count)),
    cell('number share', percent === 0 && share > 0 ? '<1%' : `${percent}%`),
    cell('number last', formatNumber(previous)),
    cell('message', textElement(message, { isKey: true, href: dataHref(view) })),
  );
}

/** Drawn in SVG, whose attributes set the widths: the page's policy forbids style attributes. */
function bars(now: number, before: number): MarkupElement {
  const width = (part: number): string => (part > 0 ? Math.max(1, part * BAR).toFixed(1) : '0');
  return [
    'svg',
    { viewBox: `0 0 ${BAR} 12`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ['rect', { class: 'now', width: width(now), height: '7' }],
    ['rect', { class: 'before', y: '8', width: width(before), height: '4' }],
  ];
}
