/** Writes times for people: in the time zone of this machine, and all alike. */

const HALF_DAY_MS = 43_200_000;

/** A time with its date, as `Nov 24 12:04:11`; a dash for an invalid one. */
export function dateTimeText(time: Date): string {
  return Number.isNaN(time.getTime()) ? '-' : `${time.toDateString().slice(4, 10)} ${time.toTimeString().slice(0, 8)}`;
}

/** The same without the date if it is less than half a day away. */
export function timeText(time: Date, now = new Date()): string {
  const isNear = Math.abs(now.getTime() - time.getTime()) < HALF_DAY_MS;
  return dateTimeText(time).slice(isNear ? -8 : 0);
}

/** The same to the minute. */
export function minuteText(time: Date, now: Date): string {
  return timeText(time, now).slice(0, -3);
}

/** The time zone of this machine at a time, as `UTC+05:30`. */
export function zoneText(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
