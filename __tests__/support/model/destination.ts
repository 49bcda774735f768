/** One destination of the model: its pending log calls, its batches, and what its writer knows of Redis. */

import type { ModelClocks } from './clocks';
import { PendingCounts } from './pending-counts';
import {
  type Batch,
  type BatchGroup,
  type Counts,
  type Limits,
  type Sent,
  StoredDestination,
} from './stored-destination';

/** One log call. */
export interface Call {
  readonly message: string;
  readonly isCounted: boolean;
  readonly line: string;
  /** For the listener of `'logged'`. */
  readonly id: number;
}

/** The outcome of a try to write a batch. */
export interface Fate {
  /** How often Redis runs the script: at once, or when the model is told if the try is overtaken. */
  readonly runs: number;
  /** Whether the writer is told that it failed. */
  readonly fails: boolean;
  /** Whether the script runs after the writer has given up. */
  readonly isLate: boolean;
  /** Whether the error is about the destination alone, not about Redis. */
  readonly isOfDestination: boolean;
}

/** An acknowledged batch, and its window: two windows have the same hour if the clock is set back. */
export interface Acknowledged {
  readonly logged: number;
  readonly window: Counts;
  readonly hour: number;
}

const MAX_BATCH_WEIGHT = 1000;
const FLAGGED_WEIGHT = 6;
const MAX_SAMPLES = 500;
const MAX_TOUCHED = 2000;

/** One destination: its pending log calls, its tries and their fates, and the batches that were acknowledged. */
export class Destination {
  calls: Call[] = [];
  counts: PendingCounts;
  batches: Batch[] = [];
  readonly fates: Fate[] = [];
  readonly overtaken: Sent[] = [];
  refusal: Fate | undefined;
  readonly heard: number[] = [];
  stored: StoredDestination;
  /** Acknowledged batches in a window, as far as the writer knows, and those of them that Redis has lost. */
  held: Acknowledged[] = [];
  missing: Acknowledged[] = [];
  /** What the writer knows to be touched in a minute of the server, and of which it has sent a line in an hour. */
  touched = { minute: Number.NaN, messages: new Set<string>() };
  sampled = new Set<string>();
  sampledIn = Number.NaN;

  readonly #limits: Limits;
  readonly #clocks: ModelClocks;

  constructor(limits: Limits, clocks: ModelClocks) {
    this.#limits = limits;
    this.#clocks = clocks;
    this.stored = new StoredDestination(limits);
    this.counts = new PendingCounts(clocks);
  }

  get waits(): number {
    return this.calls.length + this.batches.reduce((sum, { logged }) => sum + logged, 0);
  }

  get distinct(): number {
    const groups = this.batches.flatMap((batch) => batch.groups);
    const written = groups.reduce((sum, { counts }) => sum + counts.length, 0);
    return this.counts.size + written;
  }

  /** Takes a log call of which a line is to be kept, if it is the first of its message in an hour. */
  keepLine({ message, line }: Call): void {
    const hour = Math.floor(this.#clocks.minute / 60);
    if (hour !== this.sampledIn) this.sampled = new Set();
    this.sampledIn = hour;
    if (this.counts.newest.has(message) || this.sampled.has(message) || this.sampled.size >= MAX_SAMPLES) return;
    this.sampled.add(message);
    this.counts.keepLine(message, line);
  }

  /** Takes all that is pending, in batches with numbers of `nextNumber`. */
  draw(nextNumber: () => number): Batch[] {
    const batches: Batch[] = [];
    let full = MAX_BATCH_WEIGHT;
    const room = (weight: number): Batch => {
      if (full + weight > MAX_BATCH_WEIGHT) {
        const empty = { logged: 0, numbered: 0, lines: [], groups: [], late: 0, lateHours: new Set<number>(), ids: [] };
        batches.push({ number: nextNumber(), touchedIn: this.touched.minute, ...empty });
        full = 0;
      }
      full += weight;
      return batches.at(-1) as Batch;
    };
    const { groups, late, lateHours } = this.counts;
    for (const { counts, ...group } of groups.toReversed()) {
      const isTurned = this.touched.minute !== this.#clocks.minute;
      const isKnown = !isTurned && batches.length === 0 && group.minutes.length === 1;
      const touched = isKnown ? this.touched.messages : new Set<string>();
      const rank = (message: string): number => (group.samples.has(message) ? 0 : touched.has(message) ? 2 : 1);
      const parts: BatchGroup[] = [];
      for (const count of [...counts].sort(([a], [b]) => rank(a) - rank(b))) {
        const batch = room(rank(count[0]) < 2 ? FLAGGED_WEIGHT : 1);
        if (batch.groups.at(-1) !== parts.at(-1) || parts.length === 0) {
          parts.push({ ...group, counts: [], touched: new Set([...touched].filter((each) => rank(each) === 2)) });
          batch.groups.push(parts.at(-1) as BatchGroup);
        }
        batch.groups.at(-1)?.counts.push(count);
        batch.logged += count[1];
      }
      shareMinutes(group.minutes, parts);
    }
    const lines = this.calls.map(({ line }) => line).slice(-this.#limits.recentLimit);
    for (const line of lines) room(1).lines.push(line);
    for (const batch of batches) batch.numbered = batch.lines.length;
    const firstWithLines = batches.find((batch) => batch.lines.length > 0) as Batch;
    firstWithLines.numbered += this.calls.length - lines.length;
    const last = batches.at(-1) as Batch;
    last.logged += this.calls.filter(({ isCounted }) => !isCounted).length + late;
    Object.assign(last, { late, lateHours });
    last.ids = this.calls.map(({ id }) => id).filter((id) => id > 0);
    this.calls = [];
    this.counts = new PendingCounts(this.#clocks);
    return batches;
  }

  /** What the writer learns from a reply of the messages that Redis has touched. */
  learn(batch: Batch, isApplied: boolean, hasLost: boolean): void {
    const { serverMinute } = this.#clocks;
    if (hasLost) [this.touched, this.sampled] = [{ minute: Number.NaN, messages: new Set() }, new Set()];
    const [newest] = batch.groups;
    if (!isApplied || !newest || newest.minutes.length > 1 || this.stored.newestMinute !== serverMinute) return;
    if (this.touched.minute !== serverMinute) this.touched = { minute: serverMinute, messages: new Set() };
    for (const [message] of newest.counts) {
      if (this.touched.messages.size < MAX_TOUCHED) this.touched.messages.add(message);
    }
  }
}

/** The minutes of a group, for parts of it: each has as many calls in its minutes as in all. */
function shareMinutes(minutes: BatchGroup['minutes'], parts: readonly BatchGroup[]): void {
  const calls = minutes.flatMap(([later, count]) => Array<number>(count).fill(later));
  for (const part of parts) {
    const own = calls.splice(
      0,
      part.counts.reduce((sum, [, count]) => sum + count, 0),
    );
    part.minutes = [...new Set(own)].map((later) => [later, own.filter((each) => each === later).length] as const);
  }
}
