import { type Change, factorText } from '../../read/surge';
import type { Style } from './style';
import type { Column } from './table';
import type { Paint } from './text';

/** Columns that a terminal must have for what can be missed. */
const FROM_EXPECTED = 66;
const FROM_CHANGE = 48;

/**
 * The columns that say how a count has changed.
 *
 * @param fromExpected - columns that a terminal must have for what can be computed from the others
 */
export function changeColumns(style: Style, fromExpected = FROM_EXPECTED): Column<Change>[] {
  return [
    { title: 'STATUS', text: statusText, paint: (change) => statusPaint(change, style) },
    { title: 'NOW', isNumber: true, text: ({ count }) => String(count) },
    { title: 'EXPECTED', isNumber: true, text: expectedText, from: fromExpected },
    { title: 'PREVIOUS', isNumber: true, text: ({ previous }) => String(previous), from: fromExpected },
    { title: 'CHANGE', isNumber: true, text: changeText, from: FROM_CHANGE },
  ];
}

export function statusPaint({ status }: Change, style: Style): Paint {
  switch (status) {
    case 'new':
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
 * A count as a bar beside what was expected: `▒` as expected, `█` beyond that, `░` expected and missing.
 *
 * @param most - what a whole bar stands for
 * @param length - of a whole bar, in cells
 */
export function barText({ count, expected }: Change, most: number, length: number): string {
  const cells = (value: number): number => (value > 0 ? Math.max(1, Math.round((value / most) * length)) : 0);
  const [now, then] = [cells(count), cells(Math.round(expected))];
  return '▒'.repeat(Math.min(now, then)) + '█'.repeat(Math.max(0, now - then)) + '░'.repeat(Math.max(0, then - now));
}

/** Those that call for attention are in capitals. */
function statusText({ status }: Change): string {
  if (status === null) return '-';
  return status === 'steady' ? status : status.toUpperCase();
}

/** How many times what was expected a count is, as its score has it; `new`, or `-` where nothing can be said. */
function changeText({ score, status }: Change): string {
  if (score === null) return '-';
  return status === 'new' ? status : factorText(score);
}

/** Whole, as the counts are. */
function expectedText({ expected, score }: Change): string {
  return score === null ? '-' : String(Math.round(expected));
}
