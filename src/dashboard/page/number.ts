/** Writes counts with thousands separators. */

const NUMBER = new Intl.NumberFormat('en-US');

export function formatNumber(value: number): string {
  return NUMBER.format(value);
}

/** An expected count, which is a fraction. */
export function formatExpected(value: number): string {
  return value > 0 && value < 1 ? '<1' : formatNumber(Math.round(value));
}
