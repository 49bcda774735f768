/** Shows a time as the clock on the wall does. */

/** Local time, as `Nov 24 12:04:11`. */
export function localText(time: Date): string {
  if (Number.isNaN(time.getTime())) return '-';
  return `${time.toDateString().slice(4, 10)} ${time.toTimeString().slice(0, 8)}`;
}
