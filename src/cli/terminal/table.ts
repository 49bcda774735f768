import type { Style } from './style';
import { fit, type Paint, padEnd, visible, widthOf } from './text';

/** Blanks between two columns. */
const GAP = '  ';
/** What the last column has at least, however narrow the terminal is. */
const LEAST_COLUMNS = 10;

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Columns that a terminal must have for this one to be shown. */
  readonly from?: number;
  /** Text without control characters. */
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row) => Paint;
}

/** How rows are shown. The last column takes what is left, so that nothing stands behind what may be wider than it seems. */
export interface Layout<Row> {
  readonly columns: readonly Column<Row>[];
  readonly last: { readonly title: string; readonly text: (row: Row) => string };
}

/**
 * The lines of tables, whose columns are as wide in each as in all.
 *
 * @param width - of the terminal, to which the last column is cut; undefined leaves it whole
 */
export function renderTables<Row>(
  { columns, last }: Layout<Row>,
  tables: readonly (readonly Row[])[],
  style: Style,
  width: number | undefined,
): string[][] {
  const shown = columns.filter(({ from = 0 }) => width === undefined || width >= from);
  const widths = shown.map(({ title, text }) => mostOf([title, ...tables.flat().map(text)].map(widthOf)));
  const before = widths.reduce((sum, each) => sum + each + GAP.length, 0);
  const aligned = (text: string, i: number): string =>
    shown[i]?.isNumber ? text.padStart(widths[i] as number) : padEnd(text, widths[i] as number);
  const lastOf = (text: string): string =>
    width === undefined
      ? visible(text, style.inverse)
      : fit(text, Math.max(width - before, LEAST_COLUMNS), style.inverse);
  const lineOf = (row: Row): string =>
    [
      ...shown.map((column, i) => (column.paint?.(row) ?? String)(aligned(column.text(row), i))),
      lastOf(last.text(row)),
    ].join(GAP);
  const heading = style.dim([...shown.map(({ title }, i) => aligned(title, i)), last.title].join(GAP));
  return tables.map((rows) => [heading, ...rows.map(lineOf)]);
}

/** The greatest of numbers from 0, however many they are; 0 where there is none. */
export function mostOf(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}
