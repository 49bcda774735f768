/** `top`: shows what changed against the hour before, on a terminal to look around in, else as tables. */

import { beganAt, type MessageChange } from '../../read/message-change';
import type { LoggerOverview } from '../../read/overview';
import { factorText } from '../../read/surge';
import { UNIQUE_HINT } from '../../read/uniqueness';
import { OTHER } from '../../redis/keys';
import type { TopArguments, TopWindow } from '../arguments/invocation';
import type { Host } from '../host';
import type { Store } from '../redis/connect';
import { barText, changeColumns, statusPaint } from '../terminal/change-columns';
import type { Screen } from '../terminal/screen';
import type { Style } from '../terminal/style';
import { type Column, maximum, renderTables, type TableLayout } from '../terminal/table';
import { flow, linesText, visibleJson } from '../terminal/text';
import { minuteText, zoneText } from '../terminal/time';
import { abbreviate, loggerTitle } from './selection';
import { isNews, type Section, SectionReader, type Sections } from './top-sections';
import { watch } from './top-watch';

const HOUR_MS = 3_600_000;
/** Rows of all tables together, unless that leaves a table fewer than `LEAST_ROWS`. */
const ROWS = 20;
const LEAST_ROWS = 5;
/** Most tables that are shown without a name. */
const MOST_TABLES = 6;
/** Most loggers that are named in each list below the tables. */
const MOST_TITLES = 5;
/** Narrowest terminal, in columns, that still shows the bar, or in its place since when a message is new or surging. */
const BAR_MIN_WIDTH = 72;
/** The same for a long bar, and for a bar beside that. */
const LONG_BAR_MIN_WIDTH = 100;
const BOTH_MIN_WIDTH = 110;

/**
 * Shows what changed, once or until the user ends it.
 * @throws Failure if a logger or severity was asked for that does not exist
 */
export async function top(args: TopArguments, store: Store, screen: Screen, host: Host): Promise<void> {
  const reader = new SectionReader(store.reader);
  const frame = async (): Promise<string[]> => {
    const sections = await reader.read(args);
    return args.isJson ? jsonLines(sections, args) : textLines(sections, args, screen);
  };
  const { watchSeconds: seconds, isJson } = args;
  const isPrinted = isJson || args.isOnce || args.isWhole || args.limit !== undefined;
  if (!isPrinted && screen.hasEscapes && host.stdin.isTTY) {
    // Loaded on demand: what is printed needs nothing of it.
    const { liveTop } = require('../live/live-top') as typeof import('../live/live-top');
    return liveTop(args, store, screen, host);
  }
  if (seconds === undefined) return screen.print(await screen.during(`reading from ${store.label}`, frame()));
  await watch({ frame, seconds, isJson, label: store.label }, screen, host);
}

function jsonLines({ read }: Sections, { limit = ROWS }: TopArguments): string[] {
  return read.flatMap(({ logger: { name, severity, start, elapsed }, changes }) =>
    changes.slice(0, limit).map((change) => visibleJson({ name, severity, start, elapsed, ...change })),
  );
}

function textLines(sections: Sections, args: TopArguments, { style, columns: width, marks }: Screen): string[] {
  const { shown, others } = pick(sections.read, args);
  const columns = args.isWhole ? undefined : width;
  const rows = args.limit ?? Math.max(LEAST_ROWS, Math.floor(ROWS / shown.length));
  const listed = shown.map((section) => tableRows(section, rows));
  const tables = renderTables(tableLayout(listed.flat(), { style, marks, columns }), listed, style, columns);
  const blocks = shown.map((section, i) => [...headingLines(section, style, columns), ...(tables[i] ?? [])]);
  const first = shown
    .slice(0, 1)
    .flatMap(({ logger }) => flow(windowText(logger, args.window).split(' '), ' ', columns));
  return [first.map(style.dim), ...blocks, remainderLines(others, sections, columns).map(style.dim)]
    .filter((block) => block.length > 0)
    .flatMap((block, i) => (i > 0 ? ['', ...block] : block));
}

/** Without a name, leaves out the sections without news, unless none has any. */
function pick(read: readonly Section[], { name }: TopArguments): { shown: Section[]; others: Section[] } {
  const withNews = read.filter(({ news }) => news !== undefined);
  const isOneName = new Set(read.map(({ logger }) => logger.name)).size === 1;
  if (name !== undefined || isOneName) return { shown: [...read], others: [] };
  const shown = (withNews.length > 0 ? withNews : read).slice(0, MOST_TABLES);
  return { shown, others: read.filter((section) => !shown.includes(section)) };
}

/** The window so far, and what EXPECTED means. */
function windowText({ start, elapsed }: LoggerOverview, window: TopWindow): string {
  if (window !== 'current') return `the last ${window.minutes} min: as much is expected as in the hours before`;
  const [hour, percent] = [minuteText(start, start), Math.floor(elapsed * 100)];
  const into = `${Math.floor(elapsed * 60)} min into the hour from ${hour} (${zoneText(start)})`;
  return `${into}: ${percent}% of the hour before is expected`;
}

function headingLines({ logger, changes, isPartial }: Section, style: Style, columns: number | undefined): string[] {
  const { count, previous, score } = logger;
  const compared = score === null || previous === 0 ? 'none before' : `${factorText(score)} of expected`;
  const folded = changes.find(({ message }) => message === OTHER)?.count ?? 0;
  const [title, ...parts] = [
    loggerTitle(logger),
    `${linesText(count)}, ${compared}`,
    newsText(changes, previous > 0),
    ...(isPartial ? ['the most telling'] : []),
    ...(folded > 0 ? [`${folded} counted under ${OTHER}`] : []),
  ];
  const [first = '', ...others] = flow([title, ...parts], ' · ', columns);
  // Of a title that is wider than the terminal, the line is the beginning.
  const bold = first.startsWith(title) ? title : first;
  return [style.bold(bold) + first.slice(bold.length), ...others];
}

function newsText(changes: readonly MessageChange[], isCompared: boolean): string {
  const texts = (['new', 'returned', 'surging', 'fading'] as const)
    .map((status) => [changes.filter((change) => change.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status}`);
  if (texts.length > 0) return texts.join(', ');
  return isCompared ? 'nothing new or surging' : 'nothing to compare with yet';
}

/** A change, since when it is so, to the minute, and the count that fills a bar of its table. */
interface Row extends MessageChange {
  readonly since: string;
  readonly most: number;
}

function tableRows({ logger, changes }: Section, limit: number): Row[] {
  const rows = changes.slice(0, limit);
  const most = maximum(rows.flatMap(({ count, expected }) => [count, Math.round(expected)]));
  const now = new Date(logger.start.getTime() + logger.elapsed * HOUR_MS);
  return rows.map((row) => {
    const began = beganAt(row);
    return { ...row, since: began ? minuteText(began, now) : '', most };
  });
}

function tableLayout(
  rows: readonly Row[],
  {
    style,
    marks,
    columns: width = Infinity,
  }: Pick<Screen, 'style' | 'marks'> & { readonly columns: number | undefined },
): TableLayout<Row> {
  const since: Column<Row> = {
    title: 'SINCE',
    text: (row) => row.since,
    paint: (row) => statusPaint(row, style),
    minWidth: BAR_MIN_WIDTH,
  };
  const [own, hasTimes] = [changeColumns(style), rows.some((row) => row.since !== '')];
  const length = width < LONG_BAR_MIN_WIDTH ? 5 : 10;
  const bar: Column<Row> = {
    title: 'BAR',
    text: (row) => barText(row, row.most, length, marks),
    paint: (row) => statusPaint(row, style),
    minWidth: hasTimes ? BOTH_MIN_WIDTH : BAR_MIN_WIDTH,
  };
  const columns = [...own.slice(0, 1), ...(hasTimes ? [since] : []), ...own.slice(1), bar];
  return { columns, last: { title: 'MESSAGE', text: ({ message }) => message } };
}

/** The lists below the tables: they name everything selected that no table shows. */
function remainderLines(
  others: readonly Section[],
  { read, unread, quiet }: Sections,
  columns: number | undefined,
): string[] {
  const changed = others.filter(({ news }) => news !== undefined);
  const incomparable = others.filter(({ news, logger }) => news === undefined && logger.score === null);
  const steady = others.filter(({ news, logger }) => news === undefined && logger.score !== null);
  const sized = (logger: LoggerOverview): string => `${loggerTitle(logger)} (${linesText(logger.count)})`;
  const lines = [
    ['also changed', changed.map(({ logger, changes }) => `${loggerTitle(logger)} (${changes.filter(isNews).length})`)],
    ['nothing to compare with yet', incomparable.map(({ logger }) => sized(logger))],
    ['nothing new or surging', steady.map(({ logger }) => sized(logger))],
    ['too many messages, name a logger to see it', unread.map(sized)],
    ['nothing this hour or the hour before', quiet.map(loggerTitle)],
  ] as const;
  const listed = lines
    .filter(([, titles]) => titles.length > 0)
    .flatMap(([label, titles]) => listLines(label, abbreviate(titles, MOST_TITLES), columns));
  const unique = read.filter(({ isMostlyUnique }) => isMostlyUnique).map(({ logger }) => loggerTitle(logger));
  if (unique.length > 0)
    listed.push(...flow([`${abbreviate(unique, 1).join('')}:`, ...UNIQUE_HINT.split(' ')], ' ', columns));
  return read.length + listed.length > 0 ? listed : flow('nothing has been logged yet'.split(' '), ' ', columns);
}

function listLines(label: string, titles: readonly string[], columns: number | undefined): string[] {
  const last = titles.length - 1;
  return flow([`${label}:`, ...titles.map((title, i) => (i < last ? `${title},` : title))], ' ', columns);
}
