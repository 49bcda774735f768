import { OptionsError, RecentCommonError } from './errors';
import { assertConnection, type ConnectionOptions, openConnection } from './redis/client';
import type { Connection } from './redis/connection';
import { parseIsoHour } from './redis/hour';
import {
  assertName,
  assertPrefix,
  assertSeverity,
  destinationKeys,
  type KeySpace,
  knownKey,
  parseKnownMember,
} from './redis/keys';
import { READ_COMMON, READ_NAMES, READ_RECENT } from './redis/read';

/** The time that each line begins with: Python's asctime, or ISO. Both have 24 characters. */
const TIME = /^([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\dT[\d:.]{12}Z) /;

/** Options of {@link RecentCommonReader}. */
export interface ReaderOptions extends ConnectionOptions {
  /** The `keyPrefix` that was written with. @default '' */
  readonly keyPrefix?: string | undefined;
}

/** A logger name and severity under which something was logged. */
export interface KnownLogger {
  readonly name: string;
  readonly severity: string;
  /** When it was last written to, to the second, by the clock of Redis. */
  readonly lastSeen: Date;
}

/** One line of a recent list. */
export interface RecentLine {
  /** Number of the line in its list, from 1. Lines of writers other than this package are not numbered by themselves. */
  readonly seq: number;
  /** To the second; read in the local time zone unless written as ISO. An Invalid Date where the line begins with no time. */
  readonly time: Date;
  /** The line after its time: the message and, where there is metadata, a space and that as JSON. */
  readonly message: string;
  readonly severity: string;
  readonly name: string;
}

/** Which lines to read. */
export interface RecentOptions {
  /** Most lines to return, the newest; at least 1. All by default. */
  readonly limit?: number | undefined;
  /** Only lines of this time or later, to the second: that is how exact the time of most lines is. */
  readonly since?: Date | undefined;
  /** Only lines whose message contains this text. */
  readonly contains?: string | undefined;
}

/** A message and how often it was logged. */
export interface MessageCount {
  readonly message: string;
  readonly count: number;
}

/** Which counts to read. */
export interface CommonOptions {
  /** This hour, or the hour before it, by the clock of Redis in UTC. @default 'current' */
  readonly window?: 'current' | 'previous' | undefined;
  /** Most messages to return, the most frequent; at least 1. All by default. */
  readonly limit?: number | undefined;
}

/** What was counted in one hour; empty where nothing was logged in it. */
export interface CommonWindow {
  /** Beginning of the hour. */
  readonly start: Date;
  /** Log calls of the hour, those of messages beyond `limit` included. */
  readonly total: number;
  /** By falling count. */
  readonly messages: readonly MessageCount[];
}

/**
 * Reads what a transport, {@link logRecent}, {@link logCommon} or the seed's Python functions wrote. It writes nothing,
 * and labels counts with the hour that they really are of: rotation waits for the next log call, so a quiet logger's
 * newest counts may be hours old.
 */
export class RecentCommonReader {
  readonly #connection: Connection;
  readonly #space: KeySpace;

  /** @throws OptionsError for an option that cannot be used */
  constructor(options: ReaderOptions = {}) {
    assertConnection(options);
    this.#connection = openConnection(options, true);
    this.#space = { prefix: options.keyPrefix ?? '', hashTag: this.#connection.isCluster };
    assertPrefix(this.#space.prefix, this.#space);
  }

  /** What exists, the one last written to first. */
  async names(): Promise<KnownLogger[]> {
    const reply = asArray(await this.#connection.run(READ_NAMES, [knownKey(this.#space)], []));
    return pairs(reply, (member, time) => ({ ...parseKnownMember(member), lastSeen: new Date(time * 1000) }));
  }

  /**
   * The newest lines of a logger name and severity, newest first.
   * @throws OptionsError for an argument that cannot be used
   */
  async recent(name: string, severity: string, options: RecentOptions = {}): Promise<RecentLine[]> {
    const { recent, seq } = this.#keysOf(name, severity);
    const { limit, since, contains = '' } = options;
    assertLimit(limit);
    assertDate(since);
    if (typeof contains !== 'string') throw new OptionsError('contains', 'a string', contains);
    const isFiltered = since !== undefined || contains !== '';
    const reply = await this.#connection.run(READ_RECENT, [recent, seq], [String(isFiltered ? 0 : (limit ?? 0))]);
    const [newest, lines] = asArray(reply);
    return asArray(lines)
      .map((line, i) => ({ seq: Number(newest) - i, ...parseLine(String(line)), severity, name }))
      .filter(({ message, time }) => message.includes(contains) && (!since || secondOf(time) >= secondOf(since)))
      .slice(0, limit);
  }

  /**
   * The counts of one hour of a logger name and severity.
   * @throws OptionsError for an argument that cannot be used
   */
  async common(name: string, severity: string, options: CommonOptions = {}): Promise<CommonWindow> {
    const { common, start, last, pstart } = this.#keysOf(name, severity);
    const { limit = 0, window = 'current' } = options;
    assertLimit(options.limit);
    if (window !== 'current' && window !== 'previous')
      throw new OptionsError('window', "'current' or 'previous'", window);
    const args = [window === 'current' ? '0' : '1', String(limit)];
    const [hour, total, counts] = asArray(await this.#connection.run(READ_COMMON, [common, start, last, pstart], args));
    return {
      start: new Date(parseIsoHour(String(hour))),
      total: Number(total),
      messages: pairs(asArray(counts), (message, count) => ({ message, count })),
    };
  }

  /** Closes the connection, unless the client was passed in. The next read opens it again. */
  close(): void {
    this.#connection.release();
  }

  #keysOf(name: string, severity: string): ReturnType<typeof destinationKeys> {
    assertName(name, this.#space);
    assertSeverity(severity);
    return destinationKeys(this.#space, name, severity);
  }
}

function parseLine(line: string): { time: Date; message: string } {
  const time = TIME.exec(line)?.[1];
  return time === undefined
    ? { time: new Date(Number.NaN), message: line }
    : { time: new Date(time), message: line.slice(time.length + 1) };
}

/** NaN for an Invalid Date. */
function secondOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

function pairs<T>(flat: readonly unknown[], toEntry: (member: string, score: number) => T): T[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => toEntry(String(flat[2 * i]), Number(flat[2 * i + 1])));
}

function asArray(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new RecentCommonError('reader', 'Redis gave a reply that is not of this script');
  return reply;
}

function assertDate(since: unknown): void {
  if (since === undefined) return;
  if (!(since instanceof Date) || Number.isNaN(since.getTime())) throw new OptionsError('since', 'a Date', since);
}

function assertLimit(limit: unknown): void {
  if (limit === undefined) return;
  if (!Number.isInteger(limit) || (limit as number) < 1)
    throw new OptionsError('limit', 'a whole number from 1', limit);
}
