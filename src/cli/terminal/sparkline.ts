/** Draws counts by minute: as a line of small bars, and as a chart with an axis. */

/** The signs that bars are drawn with. */
export interface Marks {
  /** Rising bars, from nothing on. */
  readonly levels: string;
  /** Count as expected, beyond that, and expected and missing. */
  readonly expected: string;
  readonly beyond: string;
  readonly missing: string;
}

export const UNICODE_MARKS: Marks = { levels: '▁▂▃▄▅▆▇█', expected: '▒', beyond: '█', missing: '░' };
/** For terminals that have no other signs. */
export const ASCII_MARKS: Marks = { levels: '_.:-=+*#', expected: '=', beyond: '#', missing: '-' };

/** Counts by minute, the running one last; null if one is not known. */
type Minutes = readonly (number | null)[];

/** Numbers of bars that share an hour evenly. */
const LENGTHS = [60, 30, 20, 15, 12, 10, 6, 5];

/** The most bars of an hour that fit, so that each stands for the same number of minutes. */
export function barsWithin(columns: number): number {
  return LENGTHS.find((length) => length <= columns) ?? 1;
}

/** One bar for as many minutes each; blank if none of its minutes is known. The greatest fills its cell. */
export function sparkline(minutes: Minutes, bars: number, { levels }: Marks): string {
  const sums = sumBars(minutes, bars);
  const most = Math.max(...sums.map((sum) => sum ?? 0), 1);
  const highest = levels.length - 1;
  return sums.map((sum) => (sum === null ? ' ' : levels[Math.ceil((sum / most) * highest)])).join('');
}

/**
 * Bars of several rows over an axis.
 *
 * @param size - of the chart without its axis, in cells
 * @returns its rows, the highest first, and the count that fills them
 */
export function chart(
  minutes: Minutes,
  size: { readonly bars: number; readonly rows: number },
  { levels }: Marks,
): { readonly rows: string[]; readonly most: number } {
  const sums = sumBars(minutes, size.bars);
  const most = Math.max(...sums.map((sum) => sum ?? 0), 1);
  const steps = levels.length - 1;
  const heights = sums.map((sum) => (sum === null ? null : Math.ceil((sum / most) * size.rows * steps)));
  const rows = Array.from({ length: size.rows }, (_, i) => {
    const below = (size.rows - 1 - i) * steps;
    return heights.map((height) => barCell(height, below, levels)).join('');
  });
  return { rows, most };
}

/** The part of a bar in one row. The lowest row shows also that nothing was logged. */
function barCell(height: number | null, below: number, levels: string): string {
  if (height === null || (height <= below && below > 0)) return ' ';
  return levels[Math.min(height - below, levels.length - 1)] as string;
}

function sumBars(minutes: Minutes, bars: number): (number | null)[] {
  const length = minutes.length / bars;
  return Array.from({ length: bars }, (_, i) => {
    const known = minutes.slice(Math.floor(i * length), Math.floor((i + 1) * length)).filter((each) => each !== null);
    return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
  });
}
