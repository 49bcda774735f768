/** Reads how often a message was logged in each minute, as the write script keeps it. */

/** The minutes of a message, each since the epoch. */
export interface Pulse {
  /** The last minute in which it was touched. What its hour counts beyond `base` is of that minute. */
  readonly open: number;
  readonly base: number;
  /** The minute from which on it is known. */
  readonly since: number;
  /** Log calls of the minutes before, in this hour of `open` and the hour before. */
  readonly closed: ReadonlyMap<number, number>;
  /** The minute in which it last came back after an hour without it, and how many hours later than before; 0 if it never did. */
  readonly returned: number;
  readonly gap: number;
}

const ENTRY = /^(\d+) (\d+) (\d+) (\S*) (\S*) (\d+) (\d+)$/;
const CLOSED = /([^\d])(\d+)/g;
/** The letter of the first minute of an hour. */
const FIRST_LETTER = 65;

/** Undefined for anything else. */
export function parsePulse(text: string): Pulse | undefined {
  const match = ENTRY.exec(text);
  if (!match) return undefined;
  const [open, base, since, returned, gap] = [1, 2, 3, 6, 7].map((i) => Number(match[i])) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const begin = open - (open % 60);
  const closed = new Map<number, number>();
  for (const [segment, first] of [
    [match[4], begin],
    [match[5], begin - 60],
  ] as const) {
    for (const [, letter = '', calls] of (segment ?? '').matchAll(CLOSED)) {
      closed.set(first + letter.charCodeAt(0) - FIRST_LETTER, Number(calls));
    }
  }
  return { open, base, since, closed, returned, gap };
}

/**
 * Log calls of each minute, null for those that are not known.
 *
 * @param countHour - the count of the message in an hour since the epoch; undefined if that is not known
 */
export function countMinutes(
  pulse: Pulse,
  from: number,
  to: number,
  countHour: (hour: number) => number | undefined,
): (number | null)[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const minute = from + i;
    if (minute < pulse.since) return null;
    if (minute !== pulse.open) return pulse.closed.get(minute) ?? 0;
    const count = countHour(Math.floor(minute / 60));
    return count === undefined || count < pulse.base ? null : count - pulse.base;
  });
}
