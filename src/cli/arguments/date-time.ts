/** Parses dates and times, and refuses those that do not exist: `Date` takes 30 February for 2 March. */

/** A month, a day, or a time of a day with or without a zone. The sign of the zone's offset is its own group. */
const DATE_TIME =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|([+-])(\d\d)(?::?(\d\d))?)?)?)?$/i;

/**
 * Epoch milliseconds of an ISO 8601 date or time, with a `T` or a blank between both. Without a zone it is local: a date is the
 * beginning of that day here, and of a time that a clock set back shows twice it is the first.
 *
 * @returns undefined for anything else, and for a time that does not exist, such as one that a clock set forward skips
 */
export function parseDateTime(text: string): number | undefined {
  const groups = DATE_TIME.exec(text);
  if (!groups) return undefined;
  const [, year, month, day = '01', hour, minute, second = '00', fraction = '', zone, sign, zoneHours, zoneMinutes] =
    groups;
  const parts = [
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second),
  ] as const;
  const millis = Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (zone === undefined) {
    const local = new Date(...parts);
    // A clock set forward at midnight skips the first hour of a day, and that day exists.
    const isThere = equal(hour === undefined ? parts.slice(0, 3) : parts, localParts(local));
    return isThere ? local.getTime() + millis : undefined;
  }
  const utc = new Date(Date.UTC(...parts));
  const [hours, minutes] = [Number(zoneHours ?? 0), Number(zoneMinutes ?? 0)];
  if (!equal(parts, utcParts(utc)) || hours > 23 || minutes > 59) return undefined;
  return utc.getTime() + millis - (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** A time of a day, on a clock of 24 hours. */
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

/**
 * Epoch milliseconds of a local time of day, such as `11:50`, when it last was.
 *
 * @returns undefined for anything else, and for a time that a clock set forward skipped on that day
 */
export function parseClock(text: string): number | undefined {
  const groups = CLOCK.exec(text);
  if (!groups) return undefined;
  const [, hours, minutes, seconds = '0'] = groups;
  const at = new Date();
  at.setHours(Number(hours), Number(minutes), Number(seconds), 0);
  if (at.getTime() > Date.now()) at.setDate(at.getDate() - 1);
  return at.getHours() === Number(hours) && at.getMinutes() === Number(minutes) ? at.getTime() : undefined;
}

function localParts(date: Date): number[] {
  const day = [date.getFullYear(), date.getMonth(), date.getDate()];
  return [...day, date.getHours(), date.getMinutes(), date.getSeconds()];
}

function utcParts(date: Date): number[] {
  const day = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return [...day, date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
}

/** Whether a date has these parts, of which the last ones may be left out. */
function equal(parts: readonly number[], found: readonly number[]): boolean {
  return parts.every((part, i) => part === found[i]);
}
