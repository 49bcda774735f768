import type { LogInfo, LogRecord } from './record';
import { hourOf } from './redis/hour';
import { OTHER } from './redis/keys';

/** Most messages and lines in one batch: a long script holds up the server, and node-redis takes only so many arguments. */
const MAX_BATCH_ENTRIES = 1000;
/** Most characters of messages and lines in one batch. */
const MAX_BATCH_CHARACTERS = 1024 * 1024;
/** Most characters of all lines that wait or are being written, with their overhead. Past it, fewer lines are kept. */
const MAX_LINE_CHARACTERS = 8 * 1024 * 1024;
const LINE_OVERHEAD = 64;

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

/** How much waits, and how it is written down. */
export interface PendingOptions {
  /** Lines kept of each destination. */
  readonly recentLimit: number;
  /** Distinct messages kept of all destinations together. */
  readonly maxPending: number;
  readonly formatLine: (time: number, text: string) => string;
  readonly formatMessage: (message: string) => string;
}

/** What waits for one logger name and severity: a small replica of what it will be merged into. */
export class Destination {
  logged = 0;
  /** Messages and counts by hour. */
  readonly counts = new Map<number, Map<string, number>>();
  /** The newest lines, oldest first, at most twice as many as are kept. */
  readonly times: number[] = [];
  readonly texts: string[] = [];
  infos: LogInfo[] = [];

  constructor(
    readonly name: string,
    readonly severity: string,
  ) {}
}

/** All that is logged and not yet in Redis: bounded, whatever is logged and however long Redis is away. */
export class Pending {
  readonly #options: PendingOptions;
  #distinct = 0;
  #lineCharacters = 0;
  #lastNumber = 0;
  #other = 0;

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  /** Log calls counted under {@link OTHER}, since too many distinct messages were waiting. */
  get other(): number {
    return this.#other;
  }

  /** Takes in one log call. */
  add(destination: Destination, { time, message, text, info }: LogRecord): void {
    destination.logged++;
    if (info && destination.infos.length < this.#options.maxPending) destination.infos.push(info);
    if (message !== undefined) this.#count(destination, hourOf(time), message);
    destination.times.push(time);
    destination.texts.push(text);
    this.#lineCharacters += text.length + LINE_OVERHEAD;
    const { length } = destination.texts;
    if (length === 2 * this.#options.recentLimit) this.#forgetLines(destination, this.#options.recentLimit);
    if (this.#lineCharacters > MAX_LINE_CHARACTERS) this.#forgetLines(destination, Math.ceil(length / 2));
  }

  /** Takes out what waits for a destination: one batch or, where it is much, several to be written in this order. */
  draw(destination: Destination): Batch[] {
    const { recentLimit, formatLine, formatMessage } = this.#options;
    const packer = new Packer(destination, () => ++this.#lastNumber);
    for (const [hour, messages] of [...destination.counts].sort(([a], [b]) => b - a)) {
      for (const [message, count] of messages) packer.addCount(hour, formatMessage(message), count);
    }
    this.#forgetLines(destination, destination.texts.length - recentLimit);
    destination.texts.forEach((text, i) => packer.addLine(formatLine(destination.times[i] as number, text)));
    this.#forgetLines(destination, recentLimit);
    const batches = packer.finish();
    for (const { lines } of batches) for (const line of lines) this.#lineCharacters += line.length + LINE_OVERHEAD;
    destination.counts.clear();
    destination.logged = 0;
    destination.infos = [];
    return batches;
  }

  /** Makes room: a batch is in Redis. */
  release(batch: Batch): void {
    for (const { messages } of batch.counts) this.#distinct -= messages.length;
    for (const line of batch.lines) this.#lineCharacters -= line.length + LINE_OVERHEAD;
  }

  #count(destination: Destination, hour: number, message: string): void {
    let messages = destination.counts.get(hour);
    if (!messages) destination.counts.set(hour, (messages = new Map()));
    const count = messages.get(message);
    if (count !== undefined) {
      messages.set(message, count + 1);
    } else if (this.#distinct < this.#options.maxPending) {
      messages.set(message, 1);
      this.#distinct++;
    } else {
      this.#countOther(messages);
    }
  }

  #countOther(messages: Map<string, number>): void {
    const count = messages.get(OTHER);
    messages.set(OTHER, (count ?? 0) + 1);
    if (count === undefined) this.#distinct++;
    this.#other++;
  }

  #forgetLines(destination: Destination, count: number): void {
    if (count <= 0) return;
    destination.times.splice(0, count);
    for (const text of destination.texts.splice(0, count)) this.#lineCharacters -= text.length + LINE_OVERHEAD;
  }
}

type Draft = { -readonly [key in keyof Batch]: Batch[key] } & { lines: string[]; counts: HourCounts[] };

/** Cuts what a destination holds into batches that are small enough. */
class Packer {
  readonly #destination: Destination;
  readonly #nextNumber: () => number;
  readonly #batches: Draft[] = [];
  #entries = Infinity;
  #characters = 0;

  constructor(destination: Destination, nextNumber: () => number) {
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
