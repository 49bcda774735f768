/** Cuts the pending log calls of one destination into batches of bounded size. */

import type { LogInfo } from '../record/log-call';
import type { Batch, CountedMessage, CountGroup, GroupMinute } from './batch';
import type { Beginning } from './server-time';
import type { Touched } from './touched';

/**
 * Most messages and lines in one batch: a long script blocks the server. A message that Redis has not touched in this minute takes
 * several times as long as one that it has, and longer with a line to keep.
 */
const MAX_BATCH_WEIGHT = 1000;
const FLAGGED_WEIGHT = 6;
const SAMPLED_WEIGHT = 7;
/** Most characters of the messages and lines of one batch. */
const MAX_BATCH_CHARACTERS = 160 * 1024;

/** The totals of a draw, which its batches share out among them. */
interface Draw {
  readonly name: string;
  readonly severity: string;
  /** Log calls in all. */
  readonly logged: number;
  /** Those of them that are in no group because they came too late. */
  readonly late: number;
  readonly infos: readonly LogInfo[];
}

/** A group to be packed. */
export interface PackedGroup extends Beginning {
  readonly messages: Iterable<CountedMessage>;
  /** Its minutes, oldest first, if there are several; else none. */
  readonly minutes: readonly GroupMinute[];
}

type DraftGroup = { -readonly [key in keyof CountGroup]: CountGroup[key] } & {
  messages: CountedMessage[];
  samples: string[];
};
type Draft = { -readonly [key in keyof Batch]: Batch[key] } & { lines: string[]; groups: DraftGroup[] };

/** Fills batches with counts, then with lines, and begins a new one whenever the last is full. */
export class Packer {
  readonly #draw: Draw;
  readonly #touched: Touched;
  readonly #isTurned: boolean;
  readonly #nextNumber: () => number;
  readonly #batches: Draft[] = [];
  #weight = Infinity;
  #characters = 0;

  /** @param minute - that of Redis, as far as known: in another than the last, it has touched nothing yet */
  constructor(draw: Draw, touched: Touched, minute: number, nextNumber: () => number) {
    this.#draw = draw;
    this.#touched = touched;
    this.#isTurned = minute !== touched.minute;
    this.#nextNumber = nextNumber;
  }

  /** Groups come newest first. Only of the newest may Redis have touched messages. */
  addGroup(group: PackedGroup): void {
    const mayBeTouched = !this.#isTurned && this.#batches.length === 0 && group.minutes.length === 0;
    const sampled: CountedMessage[] = [];
    const flagged: CountedMessage[] = [];
    const others: CountedMessage[] = [];
    for (const counted of group.messages) {
      if (counted.sample !== undefined) sampled.push(counted);
      else if (mayBeTouched && this.#touched.has(counted.message)) others.push(counted);
      else flagged.push(counted);
    }
    const parts: DraftGroup[] = [];
    for (const counted of sampled) this.#addCount(group, parts, counted, SAMPLED_WEIGHT);
    for (const counted of flagged) this.#addCount(group, parts, counted, FLAGGED_WEIGHT);
    for (const counted of others) this.#addCount(group, parts, counted, 1);
    shareMinutes(group.minutes, parts);
  }

  addLine(line: string): void {
    this.#makeRoom(line.length, 1).lines.push(line);
  }

  /** The batches. Lines that were not kept are numbered with the first batch that has lines; uncounted calls go to the last. */
  finish(): Batch[] {
    const { logged, late, infos } = this.#draw;
    if (logged > 0 && this.#batches.length === 0) this.#makeRoom(0, 1);
    const last = this.#batches.at(-1);
    if (!last) return [];
    const first = this.#batches.find(({ lines }) => lines.length > 0) ?? last;
    for (const batch of this.#batches) batch.numbered = batch.lines.length;
    first.numbered += logged - this.#sum('numbered');
    last.logged += logged - this.#sum('logged');
    last.late = late;
    last.infos = infos;
    return this.#batches;
  }

  #addCount(group: Beginning, parts: DraftGroup[], counted: CountedMessage, weight: number): void {
    const { sample = '' } = counted;
    const draft = this.#makeRoom(counted.message.length + sample.length, weight);
    let part = parts.at(-1);
    if (!part || draft.groups.at(-1) !== part) {
      const { at, lead, stood } = group;
      part = { at, lead, stood, messages: [], flagged: 0, samples: [], minutes: [] };
      parts.push(part);
      draft.groups.push(part);
    }
    part.messages.push(counted);
    if (weight > 1) part.flagged++;
    if (sample !== '') part.samples.push(sample);
    draft.logged += counted.count;
  }

  #sum(key: 'logged' | 'numbered'): number {
    return this.#batches.reduce((sum, batch) => sum + batch[key], 0);
  }

  #makeRoom(characters: number, weight: number): Draft {
    if (this.#weight + weight > MAX_BATCH_WEIGHT || this.#characters + characters > MAX_BATCH_CHARACTERS) {
      const { name, severity } = this.#draw;
      const empty = { logged: 0, numbered: 0, lines: [], groups: [], late: 0, infos: [] };
      this.#batches.push({ name, severity, number: this.#nextNumber(), touchedIn: this.#touched.minute, ...empty });
      this.#weight = 0;
      this.#characters = 0;
    }
    this.#weight += weight;
    this.#characters += characters;
    return this.#batches.at(-1) as Draft;
  }
}

/** Shares the minutes of a group out among its parts, so that the minutes of each sum to its calls. */
function shareMinutes(minutes: readonly GroupMinute[], parts: readonly DraftGroup[]): void {
  const left = minutes.map((minute) => ({ ...minute }));
  for (const part of parts) {
    const shares: GroupMinute[] = [];
    let open = part.messages.reduce((sum, { count }) => sum + count, 0);
    while (open > 0 && left[0]) {
      const calls = Math.min(open, left[0].calls);
      shares.push({ later: left[0].later, calls });
      left[0].calls -= calls;
      open -= calls;
      if (left[0].calls === 0) left.shift();
    }
    part.minutes = shares;
  }
}
