/** Writes counts with thousands separators. */

const NUMBER = new Intl.NumberFormat('en-US');

export function formatNumber(value: number): string {
  return NUMBER.format(value);
}

/** How many there are of something, such as `1 logger` or `2 loggers`. */
export function formatCount(count: number, one: string): string {
  return `${formatNumber(count)} ${one}${count === 1 ? '' : 's'}`;
}

/** An expected count, which is a fraction. Two digits say enough of an estimate, and stay the same for a while. */
export function formatExpected(value: number): string {
  return value > 0 && value < 1 ? '<1' : formatNumber(Math.round(Number(value.toPrecision(2))));
}
