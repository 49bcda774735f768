/** Makes the panel of the most frequent messages, the window beside what it is compared with. */

import { mapInSlices } from '../../read/slices';
import { UNIQUE_HINT } from '../../read/uniqueness';
import { OTHER } from '../../redis/keys';
import { isYoung } from '../data/frequent';
import type { FrequentMessage, Snapshot } from '../data/snapshot';
import { type View, viewHref } from '../view';
import type { MarkupElement } from './markup';
import { formatNumber } from './number';
import { countCell, messageCell, rowKey, seenCell, sparkCell } from './rows';
import { severityLabel } from './severities';
import { type Column, cell, note, row, table } from './table';
import { windowWords } from './words';

export async function frequentPanel(snapshot: Snapshot, view: View, now: Date): Promise<MarkupElement> {
  const rows = await mapInSlices(snapshot.frequent, (message) => frequentRow(message, view, now));
  const none = view.filter === '' ? 'Nothing was logged in this time.' : 'No message contains this text.';
  const list =
    rows.length > 0 ? table('frequent', 'Messages by how often they were logged', columns(view), rows) : note(none);
  const words = windowWords(view);
  const isBefore = view.sort === 'previous';
  const when = view.window === 'hour' && isBefore ? 'in the hour before' : isBefore ? 'before' : words.during;
  return ['section', { id: 'frequent' }, ['h2', {}, `Most frequent ${when}`], list, ...notes(snapshot, view)];
}

function columns(view: View): Column[] {
  const sort = (hour: View['sort']): NonNullable<Column['sort']> => {
    return { href: viewHref({ ...view, sort: hour }), isOrder: view.sort === hour };
  };
  const words = windowWords(view);
  return [
    { text: 'Last 60 minutes' },
    { text: 'Severity' },
    { text: words.now, isNumber: true, sort: sort('current') },
    { text: 'Share', isNumber: true },
    { text: words.before, isNumber: true, sort: sort('previous') },
    { text: 'First and last seen' },
    { text: 'Message' },
  ];
}

function notes({ frequent, folded, elapsed, isMostlyUnique }: Snapshot, { sort, window }: View): MarkupElement[] {
  const texts: string[] = [];
  if (frequent.length > 0 && sort === 'current' && window === 'hour' && isYoung(elapsed)) {
    texts.push('The hour has just begun, so messages are ordered by an estimate of the last 60 minutes.');
  }
  if (isMostlyUnique) texts.push(`Hint: ${UNIQUE_HINT}.`);
  if (folded > 0) {
    texts.push(`${OTHER} stands for ${formatNumber(folded)} log calls of messages too rare to be counted one by one.`);
  }
  return texts.map(note);
}

function frequentRow(message: FrequentMessage, view: View, now: Date): MarkupElement {
  const { severity, count, previous, share } = message;
  const percent = Math.round(share * 100);
  return row(
    { key: rowKey(message) },
    sparkCell(message),
    cell('level', severityLabel(severity)),
    countCell('now', count),
    cell('number share', percent === 0 && share > 0 ? '<1%' : `${percent}%`),
    countCell('last', previous),
    seenCell(message, now),
    messageCell(message, view, now),
  );
}
