import { setMaxListeners } from 'node:events';
import { Stream } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseText } from '../line-format';
import { mergeByTime, type RecentLine } from '../read/lines';
import { type ReaderOptions, RecentCommonReader } from '../read/reader';
import { isConfigurationError } from '../redis/failures';
import { SEVERITY, type Severities } from '../severity';

const DAY_MS = 86_400_000;
const RETRY_MS = 1000;

/** What to read back of a transport, as winston's own transports have it. */
export interface LogQuery {
  /** Earliest time. @default a day before `until` */
  readonly from?: Date | number | string | undefined;
  /** Latest time. @default now */
  readonly until?: Date | number | string | undefined;
  /** Most log calls to return. @default 10 */
  readonly rows?: number | undefined;
  /** The same as `rows`. */
  readonly limit?: number | undefined;
  /** Log calls to leave out, the oldest of all that are kept. @default 0 */
  readonly start?: number | undefined;
  /** The newest first and of the newest, or the oldest first and of the oldest. @default 'desc' */
  readonly order?: 'asc' | 'desc' | undefined;
  /** Fields to return of each log call. All by default. */
  readonly fields?: readonly string[] | undefined;
  /** Log calls of this level alone. Of levels that share a severity, each gives those of all. */
  readonly level?: string | undefined;
}

/** A log call, as it is read back: with the metadata that its line has. */
export interface LogEntry {
  readonly level: string;
  readonly message: string;
  /** ISO, in UTC. */
  readonly timestamp?: string;
  readonly [field: string]: unknown;
}

/** Where to begin to stream. */
export interface StreamOptions {
  /** Log calls to leave out, the oldest of all that are kept; −1 for all before now. @default 0 */
  readonly start?: number | undefined;
}

/** Emits `'log'` with each {@link LogEntry}, `'data'` with its line, `'missed'` with a number; ends when it is destroyed. */
export class LogStream extends Stream {
  readonly #controller: AbortController;

  constructor(controller: AbortController) {
    super();
    this.#controller = controller;
  }

  destroy(): void {
    this.#controller.abort();
  }
}

/** What a transport writes to. */
export interface Written {
  /** Logger names that are known to it. */
  names(): readonly string[];
  /** Levels of its logger. */
  levels(): readonly string[];
  readonly severities: Severities;
}

/** winston's reading half of a transport. It has a connection of its own: reading holds up no writing. */
export class Queries {
  readonly #options: ReaderOptions;
  readonly #written: Written;
  readonly #streams = new Set<AbortController>();
  #reader: RecentCommonReader | undefined;

  constructor(options: ReaderOptions, written: Written) {
    this.#options = options;
    this.#written = written;
  }

  async query(query: LogQuery = {}): Promise<LogEntry[]> {
    const { start = 0, order, fields, level } = query;
    const rows = query.rows || query.limit || 10;
    const until = new Date(query.until ?? Date.now());
    const from = new Date(query.from ?? until.getTime() - DAY_MS);
    const asked = level === undefined ? [] : [this.#written.severities.resolve(level)];
    const found = (await this.#lines([...this.#severities(), ...asked]))
      .slice(start)
      .filter(({ severity }) => !asked.length || asked.includes(severity))
      .filter(({ time }) => !(time < from) && !(time > until))
      .map((line) => this.#entryOf(line, level));
    const entries = order === 'asc' ? found.slice(0, rows) : found.slice(-rows).reverse();
    if (!fields) return entries;
    return entries.map((entry) => Object.fromEntries(fields.map((field) => [field, entry[field]])) as LogEntry);
  }

  stream({ start = 0 }: StreamOptions = {}): LogStream {
    const controller = new AbortController();
    // Each list that is followed listens.
    setMaxListeners(0, controller.signal);
    const stream = new LogStream(controller);
    this.#streams.add(controller);
    const end = (error?: unknown): void => {
      this.#streams.delete(controller);
      if (error !== undefined) stream.emit('error', error);
    };
    this.#flow(stream, start, controller.signal).then(() => end(), end);
    return stream;
  }

  close(): void {
    for (const controller of this.#streams) controller.abort();
    this.#reader?.close();
  }

  async #flow(stream: LogStream, start: number, signal: AbortSignal): Promise<void> {
    const lines = await this.#linesOnceThere(signal);
    const emit = (line: RecentLine): void => {
      stream.emit('data', line.message);
      stream.emit('log', this.#entryOf(line));
    };
    for (const line of start < 0 ? [] : lines.slice(start)) emit(line);
    const follow = async (name: string, severity: string): Promise<void> => {
      const last = lines.findLast((line) => line.name === name && line.severity === severity);
      for await (const line of this.#open().follow(name, severity, { signal, after: last?.seq ?? 0 })) {
        if ('missed' in line) stream.emit('missed', line.missed);
        else emit(line);
      }
    };
    const names = this.#written.names();
    await Promise.all(names.flatMap((name) => this.#severities().map((severity) => follow(name, severity))));
  }

  /** A Redis that cannot be reached now may be later. */
  async #linesOnceThere(signal: AbortSignal): Promise<RecentLine[]> {
    for (;;) {
      try {
        return await this.#lines(this.#severities());
      } catch (error) {
        if (isConfigurationError(error)) throw error;
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return [];
    }
  }

  /** Oldest first. */
  async #lines(severities: readonly string[]): Promise<RecentLine[]> {
    const reader = this.#open();
    const lists = await Promise.all(this.#written.names().map((name) => reader.recent(name, severities)));
    return mergeByTime(lists).reverse();
  }

  #open(): RecentCommonReader {
    this.#reader ??= new RecentCommonReader(this.#options);
    return this.#reader;
  }

  #severities(): string[] {
    const { severities } = this.#written;
    return [
      ...new Set([...Object.values(SEVERITY), ...this.#written.levels().map((level) => severities.resolve(level))]),
    ];
  }

  #entryOf({ severity, time, message }: RecentLine, level = this.#levelOf(severity)): LogEntry {
    const timestamp = Number.isNaN(time.getTime()) ? {} : { timestamp: time.toISOString() };
    return { level, message, ...timestamp, ...parseText(message) };
  }

  /** The level that a severity is called by in the logger: several may be filed under one. */
  #levelOf(severity: string): string {
    const levels = this.#written.levels();
    if (levels.includes(severity)) return severity;
    return levels.find((level) => this.#written.severities.resolve(level) === severity) ?? severity;
  }
}
