/** Renders the list of the interactive `top`. */

import { OTHER } from '../../redis/keys';
import type { TopWindow } from '../arguments/invocation';
import { loggerTitle } from '../commands/selection';
import { changeText, statusPaint, statusText } from '../terminal/change-columns';
import { barsWithin, sparkline } from '../terminal/sparkline';
import { type Style, severityPaint } from '../terminal/style';
import { type Column, maximum, renderTables, type TableLayout } from '../terminal/table';
import { fit, padEnd, textWidth, visible } from '../terminal/text';
import { timeText, zoneText } from '../terminal/time';
import type { Look } from './look';
import { countNews, isAnswer, type Snapshot, type TopRow } from './rows';
import { hasFooter, listRows, type State } from './state';
import { firstSeenText, lastSeenText, surgeText } from './time';

/** Before each row; the selected one has a sign in it, since not every terminal has colours. */
const MARGIN = '  ';
const SELECTED = '> ';
/** Widest column of logger names. */
const MOST_NAME_COLUMNS = 20;
/** Narrowest terminal, in columns, that still shows what a row is of. */
const SOURCE_MIN_WIDTH = 70;
/** The same for its count, for how that has changed, and for the minutes. */
const COUNT_MIN_WIDTH = 26;
const CHANGE_MIN_WIDTH = 40;
const MINUTES_MIN_WIDTH = 56;
/** A part of the terminal's width that minutes may take. */
const MINUTES_SHARE = 5;
const KEYS = ['? help', 'q quit', 'Enter details', '/ filter', 's sort', 'g group', '1 2 3 window', 'space pause'];

/** The lines of the list, as many as the terminal has rows. */
export function renderList(state: State, look: Look): string[] {
  const { columns, rows } = state.size;
  const height = listRows(state.size);
  const body = state.shown.length > 0 ? tableLines(state, look) : ['', fit(emptyText(state), columns)];
  const list = [...body, ...Array.from({ length: Math.max(0, height + 1 - body.length) }, () => '')];
  const lines = [titleLine(state, look.style), newsLine(state, look.style), ...list.slice(0, height + 1)];
  return [...lines, ...(hasFooter(rows) ? footerLines(state, look.style) : [])].slice(0, rows);
}

/** What a window is called. */
export function windowText(window: TopWindow): string {
  return window === 'current' ? 'this hour' : `last ${window.minutes} min`;
}

/** When something was logged in it. */
export function duringText(window: TopWindow): string {
  return window === 'current' ? 'this hour' : `in the ${windowText(window)}`;
}

function titleLine(
  { snapshot, question, sort, isPaused, size, trouble, isTyping, filter }: State,
  style: Style,
): string {
  if (isTyping) return fit(`/${visible(filter)}_`, size.columns);
  if (trouble !== '') return style.red(fit(trouble, size.columns));
  const isDue = snapshot && !isAnswer(snapshot, question);
  const parts = [
    isPaused ? 'PAUSED' : snapshot ? timeText(snapshot.readAt, snapshot.readAt) : '',
    snapshot ? windowText(snapshot.window) : 'reading',
    ...(isDue ? ['reading'] : []),
    `by ${sort}`,
    (snapshot ?? question).groupBy === 'pattern' ? 'grouped' : 'each message',
    ...(snapshot ? [zoneText(snapshot.readAt)] : []),
    ...(filter === '' ? [] : [`/${visible(filter)}`]),
  ];
  return style.bold(fit(parts.filter(Boolean).join(' · '), size.columns));
}

function newsLine({ snapshot, shown, size, first }: State, style: Style): string {
  if (!snapshot) return '';
  const news = [...countNews(shown)].map(([status, count]) => `${count} ${status}`).join(', ');
  const last = Math.min(first + listRows(size), shown.length);
  const parts = [
    news || 'nothing new or surging',
    shown.length > 0 ? `${first + 1}-${last} of ${shown.length}` : '',
    snapshot.isMostlyUnique && snapshot.groupBy === 'message' ? 'hardly any message comes twice: g groups them' : '',
    snapshot.unread > 0 ? `${snapshot.unread} loggers with only what is most telling: name one for all` : '',
  ];
  return style.dim(fit(parts.filter(Boolean).join(' · '), size.columns));
}

function emptyText({ snapshot, filter }: State): string {
  if (!snapshot) return '';
  return filter === '' ? 'nothing has been logged yet' : 'nothing passes the filter: Esc ends it';
}

function tableLines({ snapshot, shown, first, selected, size }: State, { style, plain, marks }: Look): string[] {
  const rows = shown.slice(first, first + listRows(size));
  const width = size.columns - MARGIN.length;
  const render = (look: Style): string[] =>
    renderTables(layout(snapshot as Snapshot, { style: look, plain, marks }, size.columns), [rows], look, width).flat();
  const lines = render(style).map((line) => MARGIN + line);
  const line = render(plain)[selected - first + 1];
  if (line !== undefined) lines[selected - first + 1] = style.inverse(padEnd(SELECTED + line, size.columns));
  return lines;
}

function layout({ rows }: Snapshot, look: Look, width: number): TableLayout<TopRow> {
  const last = { title: 'MESSAGE', text: ({ message }: TopRow) => message };
  return { columns: [...changeColumns(rows, look, width), ...sourceColumns(rows, look.style, width)], last };
}

function changeColumns(rows: readonly TopRow[], { style, marks }: Look, width: number): Column<TopRow>[] {
  const bars = barsWithin(Math.floor(width / MINUTES_SHARE));
  return [
    { title: 'STATUS', leastWidth: 8, text: statusText, paint: (row) => statusPaint(row, style) },
    {
      title: 'COUNT',
      isNumber: true,
      minWidth: COUNT_MIN_WIDTH,
      leastWidth: String(maximum(rows.map(({ count }) => count))).length,
      text: ({ count }) => String(count),
    },
    { title: 'CHANGE', isNumber: true, minWidth: CHANGE_MIN_WIDTH, text: changeText },
    {
      title: bars < 12 ? '60 MIN' : 'LAST 60 MIN',
      minWidth: MINUTES_MIN_WIDTH,
      leastWidth: bars,
      text: ({ minutes }) => sparkline(minutes, bars, marks),
      paint: (row) => statusPaint(row, style),
    },
  ];
}

/** What is the same in all rows is left out. */
function sourceColumns(rows: readonly TopRow[], style: Style, width: number): Column<TopRow>[] {
  const names = [...new Set(rows.map(({ name }) => name))];
  const severities = new Set(rows.map(({ severity }) => severity));
  const most = mostNameColumns(width);
  const name: Column<TopRow> = {
    title: 'LOGGER',
    minWidth: SOURCE_MIN_WIDTH,
    leastWidth: Math.min(maximum(names.map((each) => textWidth(visible(each)))), most),
    text: (row) => fit(row.name, most),
  };
  const severity: Column<TopRow> = {
    title: 'SEVERITY',
    minWidth: SOURCE_MIN_WIDTH,
    text: (row) => visible(row.severity),
    paint: (row) => severityPaint(row.severity, style),
  };
  return [...(names.length > 1 ? [name] : []), ...(severities.size > 1 ? [severity] : [])];
}

function mostNameColumns(width: number): number {
  return Math.min(MOST_NAME_COLUMNS, Math.floor(width / 8));
}

/** The selected message in full, as far as it fits, and the keys. */
function footerLines({ shown, selected, snapshot, size }: State, style: Style): string[] {
  const row = shown[selected];
  const keys = style.dim(fit(KEYS.join(' · '), size.columns));
  if (!row || !snapshot?.now) return ['', '', '', keys];
  const surge = surgeText(row, snapshot.now);
  const since = surge === '' ? `since ${firstSeenText(row, snapshot.now)}` : `surging${surge}`;
  const seen = [since, `last at ${lastSeenText(row, snapshot.now)}`];
  const about = [loggerTitle(row), ...(row.message === OTHER ? [] : seen)].join(' · ');
  return ['', style.dim(fit(about, size.columns)), fit(row.message, size.columns, style.inverse), keys];
}
