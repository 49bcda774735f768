/** Reads what is stored of a logger, on a connection apart from the code under test. */

/** The commands that this takes. */
export interface Inspector {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  type(key: string): Promise<string>;
  lRange(key: string, first: number, last: number): Promise<string[]>;
  zRangeWithScores(key: string, first: number, last: number): Promise<{ value: string; score: number }[]>;
}

export type Counts = Record<string, number>;

/** Length of the time at the start of a line, with the space after it. */
const TIME_LENGTH = 25;

/** One logger and severity in Redis, read key by key under the names that other programs know. */
export class StoredLog {
  readonly #inspector: Inspector;
  readonly #recent: string;
  readonly #common: string;

  constructor(inspector: Inspector, prefix: string, name: string, severity = 'info') {
    this.#inspector = inspector;
    this.#recent = `${prefix}recent:${name}:${severity}`;
    this.#common = `${prefix}common:${name}:${severity}`;
  }

  /** The lines without their times, newest first. */
  async texts(): Promise<string[]> {
    const lines = await this.#inspector.lRange(this.#recent, 0, -1);
    return lines.map((line) => line.slice(TIME_LENGTH));
  }

  async seq(): Promise<number> {
    return Number(await this.#inspector.get(`${this.#recent}:seq`));
  }

  /** Counts of the hour in {@link start}. */
  current(): Promise<Counts> {
    return this.#counts(this.#common);
  }

  /** Counts of the hour in {@link pstart}. */
  last(): Promise<Counts> {
    return this.#counts(`${this.#common}:last`);
  }

  /** The log calls of all minutes that are kept. */
  async inMinutes(): Promise<number> {
    const minutes = Object.entries(await this.#counts(`${this.#common}:minutes`));
    return minutes.reduce((sum, [minute, calls]) => sum + (/^\d+$/.test(minute) ? calls : 0), 0);
  }

  start(): Promise<string | null> {
    return this.#inspector.get(`${this.#common}:start`);
  }

  pstart(): Promise<string | null> {
    return this.#inspector.get(`${this.#common}:pstart`);
  }

  /** Makes the current counts those of an earlier hour: the next write has to rotate them. */
  async backdate(hour: string): Promise<void> {
    await this.#inspector.set(`${this.#common}:start`, hour);
  }

  /** The type of every key that the seed knows. */
  types(): Promise<string[]> {
    const keys = [this.#recent, ...['', ':start', ':last', ':pstart'].map((suffix) => this.#common + suffix)];
    return Promise.all(keys.map((key) => this.#inspector.type(key)));
  }

  async #counts(key: string): Promise<Counts> {
    const members = await this.#inspector.zRangeWithScores(key, 0, -1);
    return Object.fromEntries(members.map(({ value, score }) => [value, score]));
  }
}

/** All counts together. */
export function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** The counts of two windows, per message. */
export function sum(a: Counts, b: Counts): Counts {
  const messages = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...messages].map((message) => [message, (a[message] ?? 0) + (b[message] ?? 0)]));
}
