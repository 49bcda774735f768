/** Lays out tables whose last column takes what is left of the terminal. */

import type { Style } from './style';
import { fit, type Paint, padEnd, textWidth, visible } from './text';

/** Between two columns. */
const GAP = '  ';
/** Narrowest last column, even if the terminal is too narrow for it. */
const LEAST_COLUMNS = 8;

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Narrowest terminal, in columns, that still shows this one. */
  readonly minWidth?: number;
  /** Narrowest width of the column, in columns of the terminal, so that it stays where it is whatever the rows hold. */
  readonly leastWidth?: number;
  /** Text without control characters. */
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row) => Paint;
}

/** How rows are shown. Text of unsure width comes last, so that it cannot push another column out of line. */
export interface TableLayout<Row> {
  readonly columns: readonly Column<Row>[];
  readonly last: { readonly title: string; readonly text: (row: Row) => string };
}

/**
 * Renders tables that share the widths of their columns.
 *
 * @param width - of the terminal, to which the last column is cut; undefined leaves it whole
 * @returns the lines of each table
 */
export function renderTables<Row>(
  { columns, last }: TableLayout<Row>,
  tables: readonly (readonly Row[])[],
  style: Style,
  width: number | undefined,
): string[][] {
  const shown = columns.filter(({ minWidth = 0 }) => width === undefined || width >= minWidth);
  const widths = shown.map(({ title, text, leastWidth = 0 }) =>
    maximum([leastWidth, ...[title, ...tables.flat().map(text)].map(textWidth)]),
  );
  const before = widths.reduce((sum, each) => sum + each + GAP.length, 0);
  const aligned = (text: string, i: number): string =>
    shown[i]?.isNumber ? text.padStart(widths[i] as number) : padEnd(text, widths[i] as number);
  const renderLast = (text: string): string =>
    width === undefined
      ? visible(text, style.inverse)
      : fit(text, Math.max(width - before, LEAST_COLUMNS), style.inverse);
  const renderRow = (row: Row): string =>
    [
      ...shown.map((column, i) => (column.paint?.(row) ?? String)(aligned(column.text(row), i))),
      renderLast(last.text(row)),
    ].join(GAP);
  const lastTitle = fit(last.title, width === undefined ? Infinity : Math.max(width - before, LEAST_COLUMNS));
  const heading = style.dim([...shown.map(({ title }, i) => aligned(title, i)), lastTitle].join(GAP));
  return tables.map((rows) => [heading, ...rows.map(renderRow)]);
}

/** The greatest of non-negative numbers, 0 if there are none. `Math.max(...numbers)` would overflow the stack with many. */
export function maximum(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}
