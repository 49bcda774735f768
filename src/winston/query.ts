/** Reads log calls back for winston's `logger.query()` and `logger.stream()`. */

import { setMaxListeners } from 'node:events';
import { Stream } from 'node:stream';
import { parseText, parseWhole } from '../line-format';
import { pause } from '../read/abort';
import { isPlainLine, isSince, mergeByTime, type RecentLine } from '../read/lines';
import { type ReaderOptions, RecentCommonReader } from '../read/reader';
import { isConfigurationError } from '../redis/failures';
import { SEVERITY, type Severities } from '../severity';

const DAY_MS = 86_400_000;
const RETRY_MS = 1000;
/** A line may have its time to the second. */
const SECOND_MS = 1000;

/** Which log calls to read back, in the terms of winston's own transports. */
export interface LogQuery {
  /** Earliest time. @default a day before `until` */
  readonly from?: Date | number | string | undefined;
  /** Latest time. @default now */
  readonly until?: Date | number | string | undefined;
  /** Most log calls to return. @default 10 */
  readonly rows?: number | undefined;
  /** The same as `rows`. */
  readonly limit?: number | undefined;
  /** Log calls to skip, the oldest that are kept. @default 0 */
  readonly start?: number | undefined;
  /** `'desc'` gives the newest log calls, newest first; `'asc'` the oldest, oldest first. @default 'desc' */
  readonly order?: 'asc' | 'desc' | undefined;
  /** Fields to return of each log call. All by default. */
  readonly fields?: readonly string[] | undefined;
  /** Only log calls of this level. Levels that share a severity cannot be told apart: each gives the log calls of all. */
  readonly level?: string | undefined;
}

/** A log call as it is read back, with the metadata of its line. */
export interface LogEntry {
  readonly level: string;
  readonly message: string;
  /** ISO, in UTC. */
  readonly timestamp?: string;
  readonly [field: string]: unknown;
}

/** Options of a stream. */
export interface StreamOptions {
  /** Log calls to skip, the oldest that are kept; −1 for all until now. @default 0 */
  readonly start?: number | undefined;
}

/**
 * Emits `'log'` with each {@link LogEntry}, `'data'` with the text of its line, and `'missed'` with the number of lines that
 * were dropped before they could be read. It ends when it is destroyed.
 */
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

/** What a transport writes, so that it can be read back. */
export interface QueryTarget {
  /** Logger names in use. */
  names(): readonly string[];
  /** Levels of the logger. */
  levels(): readonly string[];
  readonly severities: Severities;
  /** Whether a format of the transport's own makes its texts. */
  isFormatted(): boolean;
}

/** Queries and streams what a transport has written, over a connection of its own, so that reading holds up no writing. */
export class Queries {
  readonly #options: ReaderOptions;
  readonly #target: QueryTarget;
  readonly #onStreamError: (error: unknown) => void;
  readonly #streams = new Set<AbortController>();
  /** Of each open stream, what takes up the lists of a logger name. */
  readonly #followers = new Set<(name: string, ...severity: string[]) => void>();
  #reader: RecentCommonReader | undefined;

  /**
   * Takes the options of the reader from those of its transport.
   *
   * @param onStreamError - hears why a stream has ended: as an `'error'` of its own it would end a process that does not listen
   */
  constructor(
    { client, url, redis, keyPrefix }: ReaderOptions,
    target: QueryTarget,
    onStreamError: (error: unknown) => void,
  ) {
    this.#options = { client, url, redis, keyPrefix };
    this.#target = target;
    this.#onStreamError = onStreamError;
  }

  async query(query: LogQuery = {}): Promise<LogEntry[]> {
    const { start = 0, order = 'desc', fields, level } = query;
    const rows = query.rows || query.limit || 10;
    const until = new Date(query.until ?? Date.now());
    const from = new Date(query.from ?? until.getTime() - DAY_MS);
    const asked = level === undefined ? [] : [this.#target.severities.resolve(level)];
    const found = (await this.#readLines([...this.#severities(), ...asked]))
      .slice(Math.max(0, start))
      .filter(({ severity }) => !asked.length || asked.includes(severity))
      .filter((line) => (!(line.time < from) || isSince(line, from)) && !(line.time > until))
      .map((line) => this.#toEntry(line, level));
    const entries = order === 'desc' ? found.slice(-rows).reverse() : found.slice(0, rows);
    if (!fields) return entries;
    return entries.map((entry) => Object.fromEntries(fields.map((field) => [field, entry[field]])) as LogEntry);
  }

  stream({ start = 0 }: StreamOptions = {}): LogStream {
    const controller = new AbortController();
    // Each list that is followed adds a listener.
    setMaxListeners(0, controller.signal);
    const stream = new LogStream(controller);
    this.#streams.add(controller);
    this.#feed(stream, start, controller.signal)
      .catch(this.#onStreamError)
      .finally(() => {
        this.#streams.delete(controller);
        controller.abort();
        stream.emit('end');
      });
    return stream;
  }

  /** Tells the open streams of a logger name and severity, which may be new. */
  addDestination(name: string, severity: string): void {
    for (const takeUp of this.#followers) takeUp(name, severity);
  }

  close(): void {
    for (const controller of this.#streams) controller.abort();
    this.#reader?.close();
  }

  async #feed(stream: LogStream, start: number, signal: AbortSignal): Promise<void> {
    const openedAt = Date.now();
    const lines = await this.#readLinesPatiently(signal);
    const emit = (line: RecentLine): void => {
      stream.emit('data', line.stack === undefined ? line.message : `${line.message}\n${line.stack}`);
      stream.emit('log', this.#toEntry(line));
    };
    for (const line of start < 0 ? [] : lines.slice(start)) emit(line);
    const follow = async (name: string, severity: string): Promise<void> => {
      const last = lines.findLast((line) => line.name === name && line.severity === severity);
      // Its first lines may have been written before the list is read.
      let isNew = last === undefined;
      for await (const line of this.#open().follow(name, severity, { signal, after: last?.seq ?? 0 })) {
        if ('missed' in line) {
          if (!isNew) stream.emit('missed', line.missed);
        } else if (!isNew || start >= 0 || !(line.time.getTime() < openedAt - SECOND_MS)) {
          isNew = false;
          emit(line);
        }
      }
    };
    await this.#followAll(follow, signal);
  }

  /** Follows the lists in use and those to come, until that fails for one of them or the signal aborts. */
  async #followAll(follow: (name: string, severity: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const followed = new Set<string>();
    let takeUp: (name: string, ...severity: string[]) => void = () => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        takeUp = (name, ...severity): void => {
          for (const each of new Set([...this.#severities(), ...severity])) {
            const label = `${each}:${name}`;
            if (!followed.has(label)) follow(name, each).catch(reject);
            followed.add(label);
          }
        };
        this.#followers.add(takeUp);
        for (const name of this.#target.names()) takeUp(name);
      });
    } finally {
      this.#followers.delete(takeUp);
    }
  }

  /** Tries until Redis answers. */
  async #readLinesPatiently(signal: AbortSignal): Promise<RecentLine[]> {
    for (;;) {
      try {
        return await this.#readLines(this.#severities());
      } catch (error) {
        if (isConfigurationError(error)) throw error;
      }
      await pause(RETRY_MS, signal);
      if (signal.aborted) return [];
    }
  }

  /** The kept lines, oldest first. */
  async #readLines(severities: readonly string[]): Promise<RecentLine[]> {
    const reader = this.#open();
    const lists = await Promise.all(this.#target.names().map((name) => reader.recent(name, severities)));
    return mergeByTime(lists).reverse();
  }

  #open(): RecentCommonReader {
    this.#reader ??= new RecentCommonReader(this.#options);
    return this.#reader;
  }

  #severities(): string[] {
    const { severities } = this.#target;
    return [
      ...new Set([...Object.values(SEVERITY), ...this.#target.levels().map((level) => severities.resolve(level))]),
    ];
  }

  #toEntry(line: RecentLine, level = this.#findLevel(line.severity)): LogEntry {
    const { time, message, stack } = line;
    const timestamp = Number.isNaN(time.getTime()) ? {} : { timestamp: time.toISOString() };
    return { level, message, ...timestamp, ...this.#parseFields(line), ...(stack === undefined ? {} : { stack }) };
  }

  /** Only what this package or a JSON format has written is parsed, or a message could forge fields. */
  #parseFields(line: RecentLine): Readonly<Record<string, unknown>> {
    if (isPlainLine(line)) return {};
    return this.#target.isFormatted() ? (parseWhole(line.message) ?? {}) : parseText(line.message);
  }

  /** A level of the logger that has this severity; several levels may have it. */
  #findLevel(severity: string): string {
    const levels = this.#target.levels();
    if (levels.includes(severity)) return severity;
    return levels.find((level) => this.#target.severities.resolve(level) === severity) ?? severity;
  }
}
