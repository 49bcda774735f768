/** Makes the panel of the latest lines, with the form that filters them. */

import { mapInSlices } from '../../read/slices';
import type { ShownLine } from '../data/lines';
import type { Snapshot } from '../data/snapshot';
import { lineHref, type View, viewHref, viewQuery } from '../view';
import type { Markup, MarkupElement } from './markup';
import { severityLabel } from './severities';
import { type Column, cell, note, row, table } from './table';
import { textElement } from './text';
import { timeElement } from './time';

const COLUMNS: readonly Column[] = [
  { text: 'Time', more: ['span', { class: 'utc' }, ' (UTC)'] },
  { text: 'Severity' },
  { text: 'Message' },
];

export async function linesPanel({ lines, name }: Snapshot, view: View, now: Date): Promise<MarkupElement> {
  if (name === null) return ['section', { id: 'lines' }];
  const rows = await mapInSlices(lines, (line) => lineRow(line, view, now));
  const none = view.filter === '' ? 'No lines are stored.' : 'No stored line contains this text.';
  const list = rows.length > 0 ? table('lines', 'The latest lines, newest first', COLUMNS, rows) : note(none);
  const heading: MarkupElement = [
    'div',
    { class: 'heading' },
    ['h2', { tabindex: '-1' }, 'Latest lines'],
    filterForm(view),
  ];
  return ['section', { id: 'lines' }, heading, list];
}

/** Without an action, a form goes to the path of its page. */
function filterForm(view: View): MarkupElement {
  const filter = {
    id: 'filter',
    type: 'search',
    name: 'filter',
    value: view.filter,
    placeholder: 'Filter lines',
    'aria-label': 'Show only lines that contain this text',
    autocomplete: 'off',
  };
  const clear: Markup[] = view.filter === '' ? [] : [['a', { href: viewHref({ ...view, filter: '' }) }, 'Clear']];
  return [
    'form',
    { role: 'search' },
    ['input', { type: 'hidden', name: 'view', value: viewQuery({ ...view, filter: '' }) }],
    ['input', filter],
    ['button', { type: 'submit' }, 'Filter'],
    ...clear,
  ];
}

function lineRow({ key, severity, time, message }: ShownLine, view: View, now: Date): MarkupElement {
  return row(
    key,
    cell('when', timeElement(new Date(time ?? Number.NaN), now)),
    cell('level', severityLabel(severity)),
    cell('message', textElement(message, { href: lineHref(view, key) })),
  );
}
