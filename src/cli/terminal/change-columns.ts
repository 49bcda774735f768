/** The columns and the bar that show how a count has changed. */

import { type Change, factorText } from '../../read/surge';
import type { Marks } from './sparkline';
import type { Style } from './style';
import type { Column } from './table';
import type { Paint } from './text';

/** Narrowest terminal, in columns, that still shows EXPECTED and BEFORE. */
const EXPECTED_MIN_WIDTH = 66;
/** The same for COUNT and CHANGE. */
const COUNT_MIN_WIDTH = 26;
const CHANGE_MIN_WIDTH = 48;

/**
 * The columns that show how a count has changed.
 *
 * @param expectedMinWidth - narrowest terminal, in columns, that still shows EXPECTED and BEFORE
 * @param statusMinWidth - the same for STATUS
 */
export function changeColumns(
  style: Style,
  expectedMinWidth = EXPECTED_MIN_WIDTH,
  statusMinWidth = 0,
): Column<Change>[] {
  return [
    { title: 'STATUS', text: statusText, paint: (change) => statusPaint(change, style), minWidth: statusMinWidth },
    { title: 'COUNT', isNumber: true, text: ({ count }) => String(count), minWidth: COUNT_MIN_WIDTH },
    { title: 'EXPECTED', isNumber: true, text: expectedText, minWidth: expectedMinWidth },
    { title: 'BEFORE', isNumber: true, text: ({ previous }) => String(previous), minWidth: expectedMinWidth },
    { title: 'CHANGE', isNumber: true, text: changeText, minWidth: CHANGE_MIN_WIDTH },
  ];
}

export function statusPaint({ status }: Change, style: Style): Paint {
  switch (status) {
    case 'new':
    case 'returned':
      return (text) => style.bold(style.yellow(text));
    case 'surging':
      return (text) => style.bold(style.red(text));
    case 'fading':
      return style.cyan;
    default:
      return style.dim;
  }
}

/**
 * A count as a bar: as expected, beyond that, and expected and missing.
 *
 * @param most - the count that fills a bar
 * @param length - of a full bar, in cells
 */
export function barText({ count, expected }: Change, most: number, length: number, marks: Marks): string {
  const cells = (value: number): number => (value > 0 ? Math.max(1, Math.round((value / most) * length)) : 0);
  const [now, then] = [cells(count), cells(Math.round(expected))];
  return (
    marks.expected.repeat(Math.min(now, then)) +
    marks.beyond.repeat(Math.max(0, now - then)) +
    marks.missing.repeat(Math.max(0, then - now))
  );
}

/** Capitals call for attention. */
export function statusText({ status }: Change): string {
  if (status === 'unknown') return '-';
  return status === 'steady' ? status : status.toUpperCase();
}

/** The factor that the score stands for; `new`, or `-` if there is nothing to compare with. */
export function changeText({ score, status }: Change): string {
  if (score === null) return '-';
  return status === 'new' ? status : factorText(score);
}

/** Rounded: counts are whole numbers. */
function expectedText({ expected, score }: Change): string {
  return score === null ? '-' : String(Math.round(expected));
}
