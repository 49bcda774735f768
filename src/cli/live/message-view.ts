/** Renders one message of the interactive `top`: its minutes, when it was seen, and a line of it with the stack. */

import { beforeText, type Sample, sampleText } from '../../read/message-change';
import { loggerTitle } from '../commands/selection';
import { changeText, statusPaint, statusText } from '../terminal/change-columns';
import { barsWithin, chart, type Marks } from '../terminal/sparkline';
import { severityPaint } from '../terminal/style';
import { fit, flow, linesText, wrap } from '../terminal/text';
import { minuteText, timeText } from '../terminal/time';
import { duringText } from './list-view';
import type { Look } from './look';
import type { TopRow } from './rows';
import type { State } from './state';
import { firstSeenText, lastSeenText, surgeText } from './time';

const MINUTE_MS = 60_000;
/** Rows of the chart, by the least rows of a terminal: where there are few, a stack is to be in sight as well. */
const CHART_ROWS = [
  [40, 5],
  [20, 3],
  [0, 2],
] as const;
const AXIS_COLUMNS = 8;
const INDENT = '    ';
/** Latest lines that are shown. */
const MOST_LINES = 10;

/** The lines of a message, however many. */
export function renderMessage(state: State, look: Look): string[] {
  const { opened: row, snapshot, size } = state;
  if (!row || !snapshot) return [];
  const { style, marks } = look;
  const { columns } = size;
  const now = snapshot.now ?? snapshot.readAt;
  return [
    severityPaint(row.severity, style)(fit(loggerTitle(row), columns)),
    ...wrapLines(row.message, columns).map(style.bold),
    '',
    statusPaint(row, style)(fit(`${statusText(row)}${surgeText(row, now)}`, columns)),
    ...[countsText(row, duringText(snapshot.window)), ...goneTexts(state), ...seenTexts(row, now)].flatMap((text) =>
      flow(text.split(' '), ' ', columns),
    ),
    '',
    ...chartLines(row, chartRows(size.rows), columns, marks, now),
    ...variantLines(row, columns),
    ...(row.sample
      ? ['', fit(`kept line, ${sampleText(row)}`, columns), ...sampleLines(row.sample, columns, now)]
      : []),
    ...latestLines(state, columns, now),
  ];
}

function countsText(row: TopRow, during: string): string {
  const { count, previous, expected, score } = row;
  const compared = score === null ? '' : `, ${Math.round(expected)} expected (${changeText(row)}), ${previous} before`;
  return `${count} ${during}${compared}`;
}

function goneTexts({ snapshot, opened }: State): string[] {
  if (!snapshot || snapshot.rows.some(({ id }) => id === opened?.id)) return [];
  return [`not logged ${duringText(snapshot.window)}: this is what was last read`];
}

function seenTexts(row: TopRow, now: Date): string[] {
  return [
    `first seen: ${firstSeenText(row, now)}`,
    `last seen: ${lastSeenText(row, now)}`,
    `before that: ${beforeText(row)}`,
  ];
}

function chartRows(rows: number): number {
  return CHART_ROWS.find(([least]) => rows >= least)?.[1] ?? 2;
}

/** The last 60 minutes, with their axes. */
function chartLines({ minutes }: TopRow, rows: number, columns: number, marks: Marks, now: Date): string[] {
  if (minutes.every((count) => count === null)) return [fit('its minutes are not known', columns)];
  const bars = barsWithin(columns - AXIS_COLUMNS);
  const drawn = chart(minutes, { bars, rows }, marks);
  const length = minutes.length / bars;
  const label = (i: number): string => (i === 0 ? String(drawn.most) : i === rows - 1 ? '0' : '');
  const time = (ago: number): string => minuteText(new Date(now.getTime() - ago * MINUTE_MS), now);
  const times = time(minutes.length - 1) + time(0).padStart(Math.max(6, bars - 5));
  return [
    fit(`log calls of the last 60 minutes, ${length === 1 ? 'by minute' : `${length} minutes a bar`}`, columns),
    ...drawn.rows.map((bar, i) => `${label(i).padStart(AXIS_COLUMNS - 2)} |${bar}`),
    fit(`${' '.repeat(AXIS_COLUMNS)}${times}`, columns),
  ];
}

function variantLines({ variants = [], variantCount = variants.length }: TopRow, columns: number): string[] {
  if (variantCount < 2) return [];
  const width = String(variants[0]?.count ?? 0).length;
  const shown = variants.flatMap(({ message, count }) => {
    const [first = '', ...others] = wrap(message, columns - width - 4);
    return [`  ${String(count).padStart(width)}  ${first}`, ...others.map((line) => INDENT + ' '.repeat(width) + line)];
  });
  const more = variantCount - variants.length;
  return [
    '',
    fit(`${variantCount} messages of this pattern`, columns),
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** The stack has lines of its own, as it was logged. */
function sampleLines({ time, message, stack }: Sample, columns: number, now: Date): string[] {
  return [
    ...wrapLines(`${timeText(time, now)}  ${message}`, columns),
    ...wrapLines(stack ?? '', columns - INDENT.length).map((line) => INDENT + line),
  ];
}

/** Each line of a text in lines of the screen. */
function wrapLines(text: string, columns: number): string[] {
  return text
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => wrap(line, columns));
}

function latestLines({ lines }: State, columns: number, now: Date): string[] {
  if (lines === undefined || lines.length === 0) return [];
  const shown = lines.slice(0, MOST_LINES);
  const title = fit(`the latest ${linesText(shown.length)} of it`, columns);
  return ['', title, ...shown.flatMap((line) => sampleLines(line, columns, now))];
}
