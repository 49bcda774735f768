import type { ShownLine } from '../data/samples';
import type { Snapshot } from '../data/snapshot';
import { hrefOf, lineOf, queryOf, type View } from '../view';
import { severityOf } from './head';
import type { Markup, MarkupElement } from './markup';
import { type Column, cell, note, row, table } from './table';
import { textOf, timeOf } from './text';

const COLUMNS: readonly Column[] = [
  { text: 'Time', more: ['span', { class: 'utc' }, ' (UTC)'] },
  { text: 'Severity' },
  { text: 'Message' },
];

/** The newest lines, and a form to filter them. */
export function linesPanel({ lines, name }: Snapshot, view: View, now: Date): MarkupElement {
  if (name === null) return ['section', { id: 'lines' }];
  const rows = lines.map((line) => lineRow(line, view, now));
  const none = view.filter === '' ? 'No lines are kept.' : 'No line that is kept has this text.';
  const list = rows.length > 0 ? table('lines', 'The newest lines, newest first', COLUMNS, rows) : note(none);
  const heading: MarkupElement = [
    'div',
    { class: 'heading' },
    ['h2', { tabindex: '-1' }, 'Latest lines'],
    filterForm(view),
  ];
  return ['section', { id: 'lines' }, heading, list];
}

/** Without an action, a form goes to the path of the page itself. */
function filterForm(view: View): MarkupElement {
  const filter = {
    id: 'filter',
    type: 'search',
    name: 'filter',
    value: view.filter,
    placeholder: 'Filter lines',
    'aria-label': 'Filter lines by a text in them',
    autocomplete: 'off',
  };
  const clear: Markup[] = view.filter === '' ? [] : [['a', { href: hrefOf({ ...view, filter: '' }) }, 'Clear']];
  return [
    'form',
    { role: 'search' },
    ['input', { type: 'hidden', name: 'view', value: queryOf({ ...view, filter: '' }) }],
    ['input', filter],
    ['button', { type: 'submit' }, 'Filter'],
    ...clear,
  ];
}

function lineRow({ key, severity, time, message }: ShownLine, view: View, now: Date): MarkupElement {
  return row(
    key,
    cell('when', timeOf(new Date(time ?? Number.NaN), now)),
    cell('level', severityOf(severity)),
    cell('message', textOf(message, { href: lineOf(view, key) })),
  );
}
