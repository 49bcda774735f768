/** The public reader: checks its arguments, runs the scripts that read, and puts their results together. */

import { assertWholeNumber, OptionsError } from '../errors';
import type { Connection } from '../redis/connection';
import {
  assertName,
  assertPrefix,
  assertSeverity,
  type DestinationKeys,
  destinationKeys,
  type KeySpace,
} from '../redis/keys';
import { assertConnection, type ConnectionOptions, openConnection } from '../redis/open';
import { type FollowedLines, type FollowOptions, follow } from './follow';
import { type KnownLogger, keepExisting, readIndex } from './known-loggers';
import { isSince, type RecentLine, selectLines } from './lines';
import { type Count, type Hours, readCounts, readHour, readLines, readLinesFrom, readTotals } from './scripts';
import { type Change, compareMessages, compareTotals, type MessageChange } from './surge';

/** Options of {@link RecentCommonReader}. */
export interface ReaderOptions extends ConnectionOptions {
  /** The `keyPrefix` of the writers. @default '' */
  readonly keyPrefix?: string | undefined;
}

/** Which lines to read. */
export interface RecentOptions {
  /** Most lines to return, the newest; at least 1. All by default. */
  readonly limit?: number | undefined;
  /** Only lines of this time or later. An asctime is to the second, so it is compared by the second. */
  readonly since?: Date | undefined;
  /** Only lines whose message contains this text. */
  readonly contains?: string | undefined;
}

/** A message and how often it was logged. */
export interface MessageCount {
  readonly message: string;
  readonly count: number;
}

/** Which hour to read, and how many of its messages. */
export interface CommonOptions {
  /** This hour, or the hour before it, by the clock of Redis in UTC. @default 'current' */
  readonly window?: 'current' | 'previous' | undefined;
  /** Most messages to return, the most frequent; at least 1. All by default. */
  readonly limit?: number | undefined;
}

/** The counts of one hour; empty if nothing was logged in it. */
export interface CommonWindow {
  /** Beginning of the hour. */
  readonly start: Date;
  /** Log calls of the hour, including those of messages beyond `limit`. */
  readonly total: number;
  /** By falling count. */
  readonly messages: readonly MessageCount[];
}

/** How many changes to read, and what is known about them. */
export interface ChangesOptions {
  /** Most messages of a severity to return, the most surprising; at least 1. All by default. */
  readonly limit?: number | undefined;
  /**
   * Whether the logger logged anything in the hour before under severities that are not asked for. If it did, the messages of
   * a severity that was silent then are new. A caller who knows it saves a read.
   * @default read from Redis if it matters
   */
  readonly hasBaseline?: boolean | undefined;
}

/** When counts were read, by the clock of Redis. */
export interface HourProgress {
  /** Beginning of this hour. */
  readonly start: Date;
  /** How much of it has passed, from 0 to 1. */
  readonly elapsed: number;
}

/** The changes of one severity of a logger. */
export interface SeverityChanges extends HourProgress {
  readonly severity: string;
  /** New and surging messages first, by score, then fading ones, then the others. */
  readonly changes: readonly MessageChange[];
}

/** How much a logger name and severity logged this hour, beside the hour before. */
export interface LoggerOverview extends KnownLogger, Change, HourProgress {}

interface LoggerTotals extends KnownLogger, Hours<number> {}

/**
 * Reads the lines and counts that a transport, {@link logRecent}, {@link logCommon} or the Python functions of *Redis in
 * Action* wrote. It writes nothing, and never mistakes the counts of one hour for those of another: the counts of a quiet
 * logger stay where they are until its next log call, so they may be hours old.
 */
export class RecentCommonReader {
  readonly #connection: Connection;
  readonly #space: KeySpace;

  /** @throws OptionsError for an option that cannot be used */
  constructor(options: ReaderOptions = {}) {
    assertConnection(options, { keyPrefix: true });
    this.#connection = openConnection(options, true);
    this.#space = { prefix: options.keyPrefix ?? '', hashTag: this.#connection.isCluster };
    assertPrefix(this.#space.prefix, this.#space);
  }

  /**
   * All logger names and severities of which anything is left in Redis, the one last written to first. Members of the index
   * that no writer has put there are left out.
   */
  async names(): Promise<KnownLogger[]> {
    return keepExisting(this.#connection, this.#space, await this.#readIndex());
  }

  /**
   * The newest lines of a logger name, newest first: of one severity, or of several, merged by time.
   *
   * @throws OptionsError for an argument that cannot be used
   */
  async recent(name: string, severity: string | readonly string[], options: RecentOptions = {}): Promise<RecentLine[]> {
    const { limit, since, contains = '' } = options;
    assertLimit(limit);
    assertDate(since);
    if (typeof contains !== 'string') throw new OptionsError('contains', 'a string', contains);
    const severities = [...new Set([severity].flat())];
    const keys = severities.map((each) => this.#checkedKeys(name, each));
    const most = since === undefined && contains === '' ? limit : 0;
    const lists = await Promise.all(
      keys.map(async (each, i) => {
        return { ...(await readLines(this.#connection, each, most)), name, severity: severities[i] as string };
      }),
    );
    const isWanted = (line: RecentLine): boolean => line.message.includes(contains) && (!since || isSince(line, since));
    return selectLines(lists, isWanted, limit);
  }

  /**
   * The counts of a logger name and severity in one hour.
   *
   * @throws OptionsError for an argument that cannot be used
   */
  async common(name: string, severity: string, options: CommonOptions = {}): Promise<CommonWindow> {
    const keys = this.#checkedKeys(name, severity);
    const { limit = 0, window = 'current' } = options;
    assertLimit(options.limit);
    const ago = ['current', 'previous'].indexOf(window);
    if (ago < 0) throw new OptionsError('window', "'current' or 'previous'", window);
    const { counts, ...hour } = await readHour(this.#connection, keys, ago, limit);
    return { ...hour, messages: counts.map(([message, count]) => ({ message, count })) };
  }

  /**
   * How the count of each message in this hour compares with the hour before: new and surging messages first, by score, then
   * fading ones, then the others. Both hours are read at one instant.
   *
   * @throws OptionsError for an argument that cannot be used
   */
  async changes(name: string, severity: string, options: ChangesOptions = {}): Promise<MessageChange[]> {
    const compared = await this.compare(name, [severity], options);
    return compared.flatMap(({ changes }) => changes);
  }

  /**
   * The {@link changes} of several severities of a logger name, in the order of `severities`, each with the time of its read.
   *
   * @throws OptionsError for an argument that cannot be used
   */
  async compare(
    name: string,
    severities: readonly string[],
    { limit, hasBaseline }: ChangesOptions = {},
  ): Promise<SeverityChanges[]> {
    assertLimit(limit);
    assertBoolean(hasBaseline);
    if (!Array.isArray(severities)) throw new OptionsError('severities', 'an array of severities', severities);
    const keys = severities.map((severity) => this.#checkedKeys(name, severity));
    // One after the other: the replies of full windows take long to decode, and would all come in one turn.
    const counts: Hours<Count[]>[] = [];
    for (const each of keys) counts.push(await readCounts(this.#connection, each));
    const active = counts.filter(({ previous }) => previous.length > 0);
    const mayBeNew = active.length === 0 && counts.some(({ current }) => current.length > 0);
    const baselines = mayBeNew && hasBaseline === undefined ? await this.#otherBaselines(name, severities) : active;
    const compared = counts.map(async (hours, i) => {
      const { start, elapsed } = hours;
      // The hour may have turned between two reads: only reads in the same hour have the same hour before.
      const isCompared = hasBaseline || baselines.some((other) => other.start.getTime() === start.getTime());
      const changes = (await compareMessages(hours, isCompared)).slice(0, limit);
      return { severity: severities[i] as string, start, elapsed, changes };
    });
    return Promise.all(compared);
  }

  /**
   * How much each logger name and severity logged in this hour and the hour before, the one last written to first. It takes
   * three round trips, however many there are.
   */
  async overview(): Promise<LoggerOverview[]> {
    const totals = await this.#readTotals(await this.#readIndex());
    // Only reads in the same hour have the same hour before.
    const hourKey = ({ name, start }: LoggerTotals): string => `${start.getTime()}:${name}`;
    const withBaseline = new Set(totals.filter(({ previous }) => previous > 0).map(hourKey));
    return totals.map((logger) => {
      const { name, severity, lastSeen, start, elapsed } = logger;
      const change = compareTotals(logger, withBaseline.has(hourKey(logger)));
      return { name, severity, lastSeen, start, elapsed, ...change };
    });
  }

  /**
   * The lines of a logger name and severity that are logged once the iteration has begun, oldest first, and the number of
   * lines missed if more came between two reads than the list keeps. It waits while Redis does not answer. If Redis has lost
   * lines, numbers go back, but no line that was read is given again.
   *
   * @throws OptionsError for an argument that cannot be used
   */
  follow(name: string, severity: string, options: FollowOptions = {}): FollowedLines {
    const keys = this.#checkedKeys(name, severity);
    const list = {
      name,
      severity,
      read: () => readLines(this.#connection, keys),
      readFrom: (number: number) => readLinesFrom(this.#connection, keys, number),
    };
    return follow(list, options);
  }

  /** Closes the connection, unless the client was passed in. The next read opens it again. */
  close(): void {
    this.#connection.release();
  }

  #readIndex(): Promise<KnownLogger[]> {
    return readIndex(this.#connection, this.#space);
  }

  /** The other severities of a logger that were active in the hour before. */
  async #otherBaselines(name: string, severities: readonly string[]): Promise<LoggerTotals[]> {
    const known = await this.#readIndex();
    const others = known.filter((logger) => logger.name === name && !severities.includes(logger.severity));
    return (await this.#readTotals(others)).filter(({ previous }) => previous > 0);
  }

  /** Those that exist. The first read brings the script to Redis, so that the others find it there. */
  async #readTotals([first, ...others]: readonly KnownLogger[]): Promise<LoggerTotals[]> {
    const read = async (logger: KnownLogger): Promise<LoggerTotals> => {
      const keys = destinationKeys(this.#space, logger.name, logger.severity);
      return { ...logger, ...(await readTotals(this.#connection, keys)) };
    };
    const totals = first ? [await read(first), ...(await Promise.all(others.map(read)))] : [];
    return totals.filter(({ exists }) => exists);
  }

  #checkedKeys(name: string, severity: string): DestinationKeys {
    assertName(name, this.#space);
    assertSeverity(severity);
    return destinationKeys(this.#space, name, severity);
  }
}

function assertBoolean(hasBaseline: unknown): void {
  if (hasBaseline === undefined || typeof hasBaseline === 'boolean') return;
  throw new OptionsError('hasBaseline', 'true or false', hasBaseline);
}

function assertDate(since: unknown): void {
  if (since === undefined) return;
  if (!(since instanceof Date) || Number.isNaN(since.getTime())) throw new OptionsError('since', 'a Date', since);
}

function assertLimit(limit: unknown): void {
  if (limit !== undefined) assertWholeNumber(limit, 'limit', 1);
}
