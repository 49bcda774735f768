import type { LogInfo } from './record';

/** Most messages and lines in one batch: a long script holds up the server, and node-redis takes only so many arguments. */
const MAX_BATCH_ENTRIES = 1000;
/** Most characters of messages and lines in one batch. */
const MAX_BATCH_CHARACTERS = 1024 * 1024;

/** What was logged in one hour. */
export interface HourCounts {
  /** Hours since the epoch, by the clock of this process. */
  readonly hour: number;
  readonly messages: { readonly message: string; readonly count: number }[];
}

/** What is written to one destination at once. Its number makes it harmless to write it again, so it never changes. */
export interface Batch {
  readonly name: string;
  readonly severity: string;
  /** Grows from batch to batch. */
  readonly number: number;
  /** Log calls that this batch stands for. */
  readonly logged: number;
  /** The newest of their lines, oldest first. */
  readonly lines: readonly string[];
  /** Newest hour first. */
  readonly counts: readonly HourCounts[];
  /** The log calls themselves, where somebody waits to hear that they are written. */
  readonly infos: readonly LogInfo[];
}

/** What batches are cut from. */
interface BatchSource {
  readonly name: string;
  readonly severity: string;
  /** Log calls in all. */
  readonly logged: number;
  readonly infos: readonly LogInfo[];
}

type Draft = { -readonly [key in keyof Batch]: Batch[key] } & { lines: string[]; counts: HourCounts[] };

/** Cuts what a destination holds into batches that are small enough. */
export class Packer {
  readonly #destination: BatchSource;
  readonly #nextNumber: () => number;
  readonly #batches: Draft[] = [];
  #entries = Infinity;
  #characters = 0;

  constructor(destination: BatchSource, nextNumber: () => number) {
    this.#destination = destination;
    this.#nextNumber = nextNumber;
  }

  addCount(hour: number, message: string, count: number): void {
    const { counts } = this.#makeRoom(message.length);
    let group = counts.at(-1);
    if (group?.hour !== hour) counts.push((group = { hour, messages: [] }));
    group.messages.push({ message, count });
  }

  addLine(line: string): void {
    this.#makeRoom(line.length).lines.push(line);
  }

  /** Log calls go with their lines; the older ones, whose lines are not kept, with the first batch that has lines. */
  finish(): Batch[] {
    if (this.#destination.logged > 0 && this.#batches.length === 0) this.#makeRoom(0);
    const first = this.#batches.find(({ lines }) => lines.length > 0) ?? this.#batches.at(-1);
    let older = this.#destination.logged;
    for (const batch of this.#batches) {
      batch.logged = batch.lines.length;
      older -= batch.lines.length;
    }
    if (first) first.logged += older;
    const last = this.#batches.at(-1);
    if (last) last.infos = this.#destination.infos;
    return this.#batches;
  }

  #makeRoom(characters: number): Draft {
    if (this.#entries >= MAX_BATCH_ENTRIES || this.#characters + characters > MAX_BATCH_CHARACTERS) {
      const { name, severity } = this.#destination;
      this.#batches.push({ name, severity, number: this.#nextNumber(), logged: 0, lines: [], counts: [], infos: [] });
      this.#entries = 0;
      this.#characters = 0;
    }
    this.#entries++;
    this.#characters += characters;
    return this.#batches.at(-1) as Draft;
  }
}
