/** Renders one message of the interactive `top`: its minutes, when it was seen, and a line of it with the stack. */

import { beforeText, type Sample, sampleText } from '../../read/message-change';
import { loggerTitle } from '../commands/selection';
import { changeText, statusPaint, statusText } from '../terminal/change-columns';
import type { Size } from '../terminal/full-screen';
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
/** Rows of the chart, by the least rows of a terminal. */
const CHART_ROWS = [
  [40, 5],
  [20, 3],
  [0, 2],
] as const;
const AXIS_COLUMNS = 8;
const INDENT = '    ';
/** Lines of a stack that tell what failed and where, in most cases. */
const LEAST_STACK = 4;
/** Latest lines that are shown. */
const MOST_LINES = 10;

/** The lines of a message, however many. A stack that would begin out of sight comes before all that can be told in words. */
export function renderMessage(state: State, look: Look): string[] {
  const { opened: row, snapshot, size } = state;
  if (!row || !snapshot) return [];
  const { columns } = size;
  const now = snapshot.now ?? snapshot.readAt;
  const title = [
    severityPaint(row.severity, look.style)(fit(loggerTitle(row), columns)),
    ...wrapLines(row.message, columns).map(look.style.bold),
  ];
  const status = statusPaint(row, look.style)(fit(`${statusText(row)}${sinceText(row, now)}`, columns));
  const stack = stackLines(row.sample, columns);
  const facts = [...factLines(state, row, now), '', ...chartLines(row, size, look.marks, now)];
  const rest = [...facts, ...variantLines(row, columns), ...keptLines(row, columns, now)];
  const latest = latestLines(state, columns, now);
  const isInSight = [...title, '', status, ...rest, ...stack.slice(0, LEAST_STACK)].length < size.rows;
  return isInSight || stack.length === 0
    ? [...title, '', status, ...rest, ...stack, ...latest]
    : [...title, status, ...stack, '', ...rest, ...latest];
}

/** What is known of it in words. */
function factLines(state: State, row: TopRow, now: Date): string[] {
  const during = duringText((state.snapshot ?? state.question).window);
  const texts = [countsText(row, during), ...goneTexts(state), ...seenTexts(row, now)];
  return texts.flatMap((text) => flow(text.split(' '), ' ', state.size.columns));
}

/** A new message began when it was first seen, one that surges in the minute in which that began. */
function sinceText(row: TopRow, now: Date): string {
  return row.status === 'new' && row.firstSeen ? ` since ${firstSeenText(row, now)}` : surgeText(row, now);
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
function chartLines({ minutes }: TopRow, size: Size, marks: Marks, now: Date): string[] {
  const { columns } = size;
  const rows = chartRows(size.rows);
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

function keptLines(row: TopRow, columns: number, now: Date): string[] {
  if (!row.sample) return [];
  return ['', fit(`kept line, ${sampleText(row)}`, columns), ...messageLines(row.sample, columns, now)];
}

function messageLines({ time, message }: Sample, columns: number, now: Date): string[] {
  return wrapLines(`${timeText(time, now)}  ${message}`, columns);
}

/** The stack has lines of its own, as it was logged. */
function stackLines(sample: Sample | null, columns: number): string[] {
  return wrapLines(sample?.stack ?? '', columns - INDENT.length).map((line) => INDENT + line);
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
  return ['', title, ...shown.flatMap((line) => [...messageLines(line, columns, now), ...stackLines(line, columns)])];
}
