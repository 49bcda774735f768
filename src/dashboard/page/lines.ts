/** Makes the panel of the latest lines, of which runs that say the same are one row. */

import { mapInSlices } from '../../read/slices';
import { isSameLine, type ShownLine } from '../data/lines';
import { lineHref, type View, viewHref } from '../view';
import { lineElement } from './line';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { severityLabel } from './severities';
import { type Column, cell, note, row, table } from './table';
import { timeElement } from './time';

/** Rows of a narrow screen, unless all are asked for. */
const NARROW = 25;

const COLUMNS: readonly Column[] = [
  { text: 'Time', more: ['span', { class: 'utc' }, ' (UTC)'] },
  { text: 'Severity' },
  { text: 'Message' },
];

/** Lines in a row that say the same, newest first. */
type Run = readonly [newest: ShownLine, ...older: ShownLine[]];

export async function linesPanel(lines: readonly ShownLine[], view: View, now: Date): Promise<MarkupElement> {
  const runs = findRuns(lines);
  const rows = await mapInSlices(runs, (run) => runRow(run, view, now));
  const none = view.filter === '' ? 'No lines are stored.' : 'No stored line contains this text.';
  const isCut = runs.length > NARROW && !view.hasAllLines;
  const list = rows.length > 0 ? table('lines', 'The latest lines, newest first', COLUMNS, rows) : note(none);
  const href = viewHref({ ...view, hasAllLines: true });
  const more: Markup[] = isCut ? [['p', { class: 'narrow' }, ['a', { href }, `All ${runs.length} lines`]]] : [];
  return [
    'section',
    { id: 'lines', class: isCut ? 'cut' : undefined },
    ['h2', { tabindex: '-1' }, 'Latest lines'],
    list,
    ...more,
  ];
}

function findRuns(lines: readonly ShownLine[]): Run[] {
  const runs: [ShownLine, ...ShownLine[]][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && isSameLine(line, run[0])) run.push(line);
    else runs.push([line]);
  }
  return runs;
}

/** The key is that of the oldest line, so the row stays the same while the run grows. */
function runRow(run: Run, view: View, now: Date): MarkupElement {
  const [newest] = run;
  const oldest = run.at(-1) as ShownLine;
  const time = (line: ShownLine): Markup => timeElement(new Date(line.time ?? Number.NaN), now);
  const count: Markup[] =
    run.length > 1 ? [['span', { class: 'run' }, `×${formatNumber(run.length)} since `, time(oldest)], ' '] : [];
  return row(
    { key: oldest.key },
    cell('when', time(newest)),
    cell('level', severityLabel(newest.severity)),
    cell('message', ...count, lineElement(newest, lineHref(view, newest.key))),
  );
}
