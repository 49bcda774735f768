import type { LoggerOverview } from '../../read/reader';
import { factorText, type MessageChange } from '../../read/surge';
import { OTHER } from '../../redis/keys';
import type { TopArguments } from '../arguments/invocation';
import type { Source } from '../redis/connect';
import { barText, changeColumns, statusPaint } from '../terminal/change-columns';
import type { Host, Screen } from '../terminal/screen';
import type { Style } from '../terminal/style';
import { type Column, type Layout, mostOf, renderTables } from '../terminal/table';
import { flow, visibleJson } from '../terminal/text';
import { firstOf, titleOf } from './selection';
import { isNoteworthy, readSections, type Section, type Sections } from './top-sections';
import { watch } from './top-watch';

/** Rows that all tables have together, as far as that leaves each enough. */
const ROWS = 20;
const LEAST_ROWS = 5;
/** Tables that are shown where no name is given. */
const MOST_TABLES = 6;
/** Loggers that are named of each kind below the tables. */
const TITLES_TOLD = 5;
/** Columns that a terminal must have for it to be shown. */
const FROM_BAR = 72;
/** The same for a long one. */
const FROM_LONG_BAR = 100;

/**
 * Shows what changed, once or again and again.
 * @throws Failure where there is nothing that was asked for
 */
export async function top(args: TopArguments, source: Source, screen: Screen, around: Host): Promise<void> {
  const frame = async (): Promise<string[]> => {
    const sections = await readSections(source.reader, args);
    return args.isJson ? jsonLines(sections, args) : linesOf(sections, args, screen);
  };
  const { watchSeconds: seconds, isJson } = args;
  if (seconds === undefined) return screen.print(await screen.during(`reading from ${source.label}`, frame()));
  await watch({ frame, seconds, isJson, label: source.label }, screen, around);
}

function jsonLines({ read }: Sections, { limit = ROWS }: TopArguments): string[] {
  return read.flatMap(({ logger: { name, severity, start, elapsed }, changes }) =>
    changes.slice(0, limit).map((change) => visibleJson({ name, severity, start, elapsed, ...change })),
  );
}

function linesOf(sections: Sections, args: TopArguments, { style, columns: width }: Screen): string[] {
  const { shown, others } = pick(sections.read, args);
  const columns = args.isWhole ? undefined : width;
  const rows = args.limit ?? Math.max(LEAST_ROWS, Math.floor(ROWS / shown.length));
  const tables = renderTables(
    layoutOf(style, columns),
    shown.map((section) => rowsOf(section, rows)),
    style,
    columns,
  );
  const blocks = shown.map((section, i) => [...headingOf(section, style, columns), ...(tables[i] ?? [])]);
  const first = shown.slice(0, 1).flatMap(({ logger }) => flow(hourText(logger).split(' '), ' ', columns));
  return [first.map(style.dim), ...blocks, restOf(others, sections, columns).map(style.dim)]
    .filter((block) => block.length > 0)
    .flatMap((block, i) => (i > 0 ? ['', ...block] : block));
}

/** Where no name is given, and something is noteworthy, what has nothing of the kind is left out. */
function pick(read: readonly Section[], { name }: TopArguments): { shown: Section[]; others: Section[] } {
  const noteworthy = read.filter(({ surprise }) => surprise > 0);
  const isOneName = new Set(read.map(({ logger }) => logger.name)).size === 1;
  if (name !== undefined || isOneName) return { shown: [...read], others: [] };
  const shown = (noteworthy.length > 0 ? noteworthy : read).slice(0, MOST_TABLES);
  return { shown, others: read.filter((section) => !shown.includes(section)) };
}

/** The hour, and what it means that a count was expected. */
function hourText({ start, elapsed }: LoggerOverview): string {
  const [hour, percent] = [start.toISOString().slice(11, 16), Math.floor(elapsed * 100)];
  return `${Math.floor(elapsed * 60)} min into the ${hour} UTC hour: ${percent}% of last hour is expected`;
}

function headingOf({ logger, changes }: Section, style: Style, columns: number | undefined): string[] {
  const { count, previous, score } = logger;
  const compared = score === null || previous === 0 ? 'none last hour' : `${factorText(score)} of expected`;
  const folded = changes.find(({ message }) => message === OTHER)?.count ?? 0;
  const [title, ...parts] = [
    titleOf(logger),
    `${linesText(count)}, ${compared}`,
    newsOf(changes, previous > 0),
    ...(folded > 0 ? [`${folded} counted under ${OTHER}`] : []),
  ];
  const [first = '', ...others] = flow([title, ...parts], ' · ', columns);
  return [style.bold(title) + first.slice(title.length), ...others];
}

function newsOf(changes: readonly MessageChange[], isCompared: boolean): string {
  const texts = (['new', 'surging', 'fading'] as const)
    .map((status) => [changes.filter((change) => change.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status}`);
  if (texts.length > 0) return texts.join(', ');
  return isCompared ? 'nothing new or surging' : 'nothing to compare with yet';
}

/** A change, and what a whole bar of its table stands for. */
interface Row extends MessageChange {
  readonly most: number;
}

function rowsOf({ changes }: Section, limit: number): Row[] {
  const rows = changes.slice(0, limit);
  const most = mostOf(rows.flatMap(({ count, expected }) => [count, Math.round(expected)]));
  return rows.map((row) => ({ ...row, most }));
}

function layoutOf(style: Style, width = Infinity): Layout<Row> {
  const length = width < FROM_LONG_BAR ? 5 : 10;
  const bar: Column<Row> = {
    title: 'BAR',
    text: (row) => barText(row, row.most, length),
    paint: (row) => statusPaint(row, style),
    from: FROM_BAR,
  };
  return { columns: [...changeColumns(style), bar], last: { title: 'MESSAGE', text: ({ message }) => message } };
}

/** What stands below the tables. Nothing that was selected goes without saying. */
function restOf(others: readonly Section[], { read, unread, quiet }: Sections, columns: number | undefined): string[] {
  const changed = others.filter(({ surprise }) => surprise > 0);
  const incomparable = others.filter(({ surprise, logger }) => surprise === 0 && logger.score === null);
  const steady = others.filter(({ surprise, logger }) => surprise === 0 && logger.score !== null);
  const sized = (logger: LoggerOverview): string => `${titleOf(logger)} (${linesText(logger.count)})`;
  const lines = [
    [
      'also changed',
      changed.map(({ logger, changes }) => `${titleOf(logger)} (${changes.filter(isNoteworthy).length})`),
    ],
    ['nothing to compare with yet', incomparable.map(({ logger }) => sized(logger))],
    ['nothing new or surging', steady.map(({ logger }) => sized(logger))],
    ['too many messages, name a logger to see it', unread.map(sized)],
    ['nothing this hour or the last', quiet.map(titleOf)],
  ] as const;
  const told = lines
    .filter(([, titles]) => titles.length > 0)
    .flatMap(([what, titles]) => listOf(what, firstOf(titles, TITLES_TOLD), columns));
  return read.length + told.length > 0 ? told : ['nothing has been logged yet'];
}

function listOf(what: string, titles: readonly string[], columns: number | undefined): string[] {
  const last = titles.length - 1;
  return flow([`${what}:`, ...titles.map((title, i) => (i < last ? `${title},` : title))], ' ', columns);
}

function linesText(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}
