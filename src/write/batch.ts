import type { LogInfo } from '../record/log-call';

/** Most messages and lines in one batch: a long script holds up the server, and node-redis takes only so many arguments. */
const MAX_BATCH_ENTRIES = 1000;
/** Most characters of messages and lines in one batch. */
const MAX_BATCH_CHARACTERS = 1024 * 1024;

/** How often a message was logged. */
export interface MessageCount {
  message: string;
  count: number;
}

/** What was logged in one hour. */
export interface HourCounts {
  /** Hours since the epoch, by the clock of this process. */
  readonly hour: number;
  readonly messages: Readonly<MessageCount>[];
}

/** What is written to one destination at once. Its number makes it harmless to write it again, so it never changes. */
export interface Batch {
  readonly name: string;
  readonly severity: string;
  /** Grows from batch to batch. */
  readonly number: number;
  /** Log calls that this batch stands for: those that it counts, and in the last one those that are not counted. */
  readonly logged: number;
  /** By how much the number of the newest line grows: log calls whose lines are in this batch, or are not kept. */
  readonly numbered: number;
  /** The newest of their lines, oldest first. */
  readonly lines: readonly string[];
  /** Newest hour first. */
  readonly counts: readonly HourCounts[];
  /** The log calls themselves, where somebody waits to hear that they are written. */
  readonly infos: readonly LogInfo[];
}

/**
 * The number of a batch, after the last one. It is taken from the clock, in microseconds, since a copy of the process, made
 * while it runs, would go on with the same count.
 */
export function numberAfter(last: number): number {
  return Math.max(last + 1, Math.floor(performance.now() * 1000));
}

/** A copy: where an application cut a text out of a longer one, the engine keeps all of that in memory for it. */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}

/** The same counts, with texts of their own. */
export function copyCounts(messages: Iterable<Readonly<MessageCount>>): MessageCount[] {
  return Array.from(messages, ({ message, count }) => ({ message: detached(message), count }));
}

/** The same batch, with texts of its own. */
export function copyBatch(batch: Batch): Batch {
  const counts = batch.counts.map(({ hour, messages }) => ({ hour, messages: copyCounts(messages) }));
  return { ...batch, counts, lines: batch.lines.map(detached) };
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

  addCount(hour: number, counted: Readonly<MessageCount>): void {
    const draft = this.#makeRoom(counted.message.length);
    let group = draft.counts.at(-1);
    if (group?.hour !== hour) draft.counts.push((group = { hour, messages: [] }));
    group.messages.push(counted);
    draft.logged += counted.count;
  }

  addLine(line: string): void {
    this.#makeRoom(line.length).lines.push(line);
  }

  /** Lines have their numbers from the batches that they are in, the older ones, which are not kept, from the first of them. */
  finish(): Batch[] {
    const { logged, infos } = this.#destination;
    if (logged > 0 && this.#batches.length === 0) this.#makeRoom(0);
    const last = this.#batches.at(-1);
    if (!last) return [];
    const first = this.#batches.find(({ lines }) => lines.length > 0) ?? last;
    for (const batch of this.#batches) batch.numbered = batch.lines.length;
    first.numbered += logged - this.#sum('numbered');
    last.logged += logged - this.#sum('logged');
    last.infos = infos;
    return this.#batches;
  }

  #sum(key: 'logged' | 'numbered'): number {
    return this.#batches.reduce((sum, batch) => sum + batch[key], 0);
  }

  #makeRoom(characters: number): Draft {
    if (this.#entries >= MAX_BATCH_ENTRIES || this.#characters + characters > MAX_BATCH_CHARACTERS) {
      const { name, severity } = this.#destination;
      const empty = { logged: 0, numbered: 0, lines: [], counts: [], infos: [] };
      this.#batches.push({ name, severity, number: this.#nextNumber(), ...empty });
      this.#entries = 0;
      this.#characters = 0;
    }
    this.#entries++;
    this.#characters += characters;
    return this.#batches.at(-1) as Draft;
  }
}
