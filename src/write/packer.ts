/** Cuts the pending log calls of one destination into batches of bounded size. */

import type { LogInfo } from '../record/log-call';
import type { Batch, CountedMessage, CountGroup } from './batch';
import type { Beginning } from './server-time';

/** Most messages and lines in one batch: a long script blocks the server, and node-redis fails above some 60,000 arguments. */
const MAX_BATCH_ENTRIES = 1000;
/** Most characters of the messages and lines of one batch. */
const MAX_BATCH_CHARACTERS = 1024 * 1024;

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

type Draft = { -readonly [key in keyof Batch]: Batch[key] } & { lines: string[]; groups: CountGroup[] };

/** Fills batches with counts, then with lines, and begins a new one whenever the last is full. */
export class Packer {
  readonly #draw: Draw;
  readonly #nextNumber: () => number;
  readonly #batches: Draft[] = [];
  #entries = Infinity;
  #characters = 0;
  /** The group of the last message. */
  #group: Beginning | undefined;

  constructor(draw: Draw, nextNumber: () => number) {
    this.#draw = draw;
    this.#nextNumber = nextNumber;
  }

  addCount(group: Beginning, counted: Readonly<CountedMessage>): void {
    const draft = this.#makeRoom(counted.message.length);
    const { groups } = draft;
    if (this.#group !== group || groups.length === 0)
      groups.push({ at: group.at, lead: group.lead, stood: group.stood, messages: [] });
    this.#group = group;
    groups.at(-1)?.messages.push(counted);
    draft.logged += counted.count;
  }

  addLine(line: string): void {
    this.#makeRoom(line.length).lines.push(line);
  }

  /** The batches. Lines that were not kept are numbered with the first batch that has lines; uncounted calls go to the last. */
  finish(): Batch[] {
    const { logged, late, infos } = this.#draw;
    if (logged > 0 && this.#batches.length === 0) this.#makeRoom(0);
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

  #sum(key: 'logged' | 'numbered'): number {
    return this.#batches.reduce((sum, batch) => sum + batch[key], 0);
  }

  #makeRoom(characters: number): Draft {
    if (this.#entries >= MAX_BATCH_ENTRIES || this.#characters + characters > MAX_BATCH_CHARACTERS) {
      const { name, severity } = this.#draw;
      const empty = { logged: 0, numbered: 0, lines: [], groups: [], late: 0, infos: [] };
      this.#batches.push({ name, severity, number: this.#nextNumber(), ...empty });
      this.#entries = 0;
      this.#characters = 0;
    }
    this.#entries++;
    this.#characters += characters;
    return this.#batches.at(-1) as Draft;
  }
}
