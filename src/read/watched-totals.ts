/** Keeps the totals of all loggers up to date, and reads only those again that were written to. */

import { clock } from '../clock';
import { knownMember } from '../redis/keys';
import { compareLoggers, type LoggerOverview, type LoggerTotals } from './overview';
import type { RecentCommonReader } from './reader';
import { Slices } from './slices';

/** All are read again so often, to find what nobody noted, such as writes of the Python functions, and what has expired. */
const ROUND_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The totals of a logger and severity, and when a message was last new there. */
export interface WatchedTotal extends LoggerOverview {
  /** Null if that is not known. */
  readonly newsAt: Date | null;
}

/** The totals of all loggers and severities at one time. */
export interface TotalsReading {
  readonly totals: readonly WatchedTotal[];
  /** By the clock of Redis, in epoch milliseconds. */
  readonly now: number;
  /** The members in the index of those that may have been written to since the reading before. */
  readonly changed: ReadonlySet<string>;
}

/** The totals of all loggers of a reader. One reading at a time. */
export class WatchedTotals {
  readonly #reader: Pick<RecentCommonReader, 'changedSince' | 'overview'>;
  /** By their members in the index. */
  #known = new Map<string, WatchedTotal>();
  #cursor: string | undefined;
  #roundAt = -Infinity;

  constructor(reader: Pick<RecentCommonReader, 'changedSince' | 'overview'>) {
    this.#reader = reader;
  }

  async read(): Promise<TotalsReading> {
    const began = clock.now();
    const isRound = this.#cursor === undefined || began - this.#roundAt >= ROUND_MS;
    const { cursor, loggers } = await this.#reader.changedSince(isRound ? undefined : this.#cursor);
    const read = await this.#reader.overview({ minutes: false, loggers });
    const slices = new Slices();
    const known = isRound ? new Map<string, WatchedTotal>() : this.#known;
    const changed = new Map<string, Date | null>();
    for (const { name, severity, newsAt } of loggers) {
      if (slices.isOver()) await slices.pause();
      const member = knownMember(name, severity);
      changed.set(member, newsAt ?? this.#known.get(member)?.newsAt ?? null);
      known.delete(member);
    }
    let now = Number(cursor);
    for (const total of read) {
      if (slices.isOver()) await slices.pause();
      const member = knownMember(total.name, total.severity);
      known.set(member, { ...total, newsAt: changed.get(member) ?? null });
      now = Math.max(now, total.start.getTime() + total.elapsed * HOUR_MS);
    }
    this.#known = known;
    this.#cursor = cursor;
    if (isRound) this.#roundAt = began;
    return { totals: await bringUpTo(now, known), now, changed: new Set(changed.keys()) };
  }
}

/** What was counted stays as it is while nobody writes, but the hour goes on, or turns. Then there are fewer messages, or none. */
async function bringUpTo(now: number, known: ReadonlyMap<string, WatchedTotal>): Promise<WatchedTotal[]> {
  const slices = new Slices();
  const start = new Date(now - (now % HOUR_MS));
  const elapsed = (now % HOUR_MS) / HOUR_MS;
  const current: LoggerTotals[] = [];
  for (const { name, severity, lastSeen, start: hour, count, previous, messages } of known.values()) {
    if (slices.isOver()) await slices.pause();
    const hours = (start.getTime() - hour.getTime()) / HOUR_MS;
    const [sum, before] = hours <= 0 ? [count, previous] : [0, hours === 1 ? count : 0];
    current.push({ name, severity, lastSeen, start, elapsed, current: sum, previous: before, messages });
  }
  const compared = await compareLoggers(current);
  const totals: WatchedTotal[] = [];
  for (const { newsAt } of known.values()) {
    if (slices.isOver()) await slices.pause();
    totals.push({ ...(compared[totals.length] as LoggerOverview), newsAt });
  }
  return totals;
}
