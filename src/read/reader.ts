/** The public reader: checks its arguments, runs the scripts that read, and puts their results together. */

import { OptionsError } from '../errors';
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
import { type ChangedLoggers, readChangedSince } from './changed-since';
import { type ChangesOptions, compareSeverities, type SeverityChanges } from './compare';
import { type FollowedLines, type FollowOptions, follow } from './follow';
import { type GlanceOptions, glance, type SeverityGlance } from './glance';
import { type KnownLogger, keepExisting, readIndex } from './known-loggers';
import { isSince, type RecentLine, selectLines } from './lines';
import { readTotalsByMinute } from './memory';
import type { MessageChange } from './message-change';
import { listMinutes, type MinuteCounts } from './minutes';
import { assertReadOptions } from './option-names';
import { type LoggerOverview, type OverviewOptions, readOverview } from './overview';
import { PatternMemory } from './patterns';
import { readLines, readLinesFrom } from './scripts';
import type { Source } from './source';
import { readTold, type ToldAlarms, type ToldOptions } from './told-alarms';
import { assertLimit, type CommonOptions, type CommonWindow, readWindow } from './windows';

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

const RECENT_OPTIONS: Readonly<Record<keyof RecentOptions, true>> = { limit: true, since: true, contains: true };

/**
 * Reads the lines and counts that a transport, {@link logRecent}, {@link logCommon} or the Python functions of *Redis in
 * Action* wrote. It writes nothing, and never mistakes the counts of one hour for those of another: the counts of a quiet
 * logger stay where they are until its next log call, so they may be hours old.
 */
export class RecentCommonReader {
  readonly #connection: Connection;
  readonly #space: KeySpace;
  readonly #patterns = new PatternMemory();

  /** @throws OptionsError for an option that cannot be used */
  constructor(options: ReaderOptions = {}) {
    assertConnection(options, { keyPrefix: true });
    this.#connection = openConnection(options, true);
    const { keyPrefix: prefix = '' } = options;
    this.#space = { prefix, hashTag: this.#connection.isCluster };
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
    assertReadOptions(options, RECENT_OPTIONS);
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
    return readWindow(this.#source, this.#checkedKeys(name, severity), options);
  }

  /**
   * The log calls of a logger name and severity in each of the last 120 minutes, by the clock of Redis. The minutes of this hour and of
   * the hour before sum to their totals; null is what is not known.
   *
   * @throws OptionsError for an argument that cannot be used
   */
  async minutes(name: string, severity: string): Promise<MinuteCounts> {
    return listMinutes(await readTotalsByMinute(this.#connection, this.#checkedKeys(name, severity)));
  }

  /**
   * How the count of each message in a window compares with what was logged before: new, returned and surging messages first, by
   * score, then fading ones, then the others. All is read at one instant, but for samples. This hour is compared with the hour
   * before it; minutes are compared with the rest of these two hours, by the time that passed. Samples are those of the first 2,000.
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
  async compare(name: string, severities: readonly string[], options: ChangesOptions = {}): Promise<SeverityChanges[]> {
    this.#assertSeverities(name, severities);
    return compareSeverities(this.#source, name, severities, options);
  }

  /**
   * What a glance at severities of a logger tells: their totals, their minutes, and the changes of the messages that most probably
   * tell what has happened. It takes one short script for each, whatever the number of messages. Give all severities of the logger:
   * they are compared with one another alone.
   *
   * @throws OptionsError for an argument that cannot be used
   */
  async glance(name: string, severities: readonly string[], options: GlanceOptions = {}): Promise<SeverityGlance[]> {
    this.#assertSeverities(name, severities);
    return glance(this.#source, name, severities, options);
  }

  /**
   * How much each logger name and severity logged in this hour and the hour before, and in each of the last 120 minutes, the one
   * last written to first. At most 100 are read at once, so that it takes three round trips, and one more for each hundred.
   *
   * @throws OptionsError for an option that cannot be used
   */
  async overview(options: OverviewOptions = {}): Promise<LoggerOverview[]> {
    return readOverview(this.#source, options);
  }

  /**
   * Which logger names and severities were written to since a moment, and in which of these a message was new: one round trip, which
   * costs by what has changed, however many others there are. A logger may be given again: a cursor reaches back by up to two seconds.
   * Without a cursor these are all that are known, of which some may have expired. Ask so now and then, to look also at those that
   * nobody noted: the Python functions do not, nor does a process that is killed right after a batch, in a cluster.
   *
   * @param cursor - that of an earlier answer, to tell what has changed since
   * @throws OptionsError for a cursor that is none
   */
  async changedSince(cursor?: string): Promise<ChangedLoggers> {
    return readChangedSince(this.#connection, this.#space, cursor);
  }

  /**
   * What {@link RecentCommonWatcher}s have told of messages, and when: of each group the last alarm of each kind. What was muted or
   * given up is not in it. The user of the reader needs the right to read the keys of these groups.
   *
   * @param messages - or their keys by {@link parameterize}, such as the `keys` of a change; of more than 500 the first
   * @throws OptionsError for an argument that cannot be used
   */
  async told(
    name: string,
    severity: string,
    messages: readonly string[],
    options: ToldOptions = {},
  ): Promise<ToldAlarms[]> {
    this.#checkedKeys(name, severity);
    const areTexts = Array.isArray(messages) && messages.every((message) => typeof message === 'string');
    if (!areTexts) throw new OptionsError('messages', 'an array of texts', messages);
    return readTold(this.#connection, this.#space, { name, severity, messages }, options);
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

  get #source(): Source {
    return { connection: this.#connection, space: this.#space, patterns: this.#patterns };
  }

  #readIndex(): Promise<KnownLogger[]> {
    return readIndex(this.#connection, this.#space);
  }

  #assertSeverities(name: string, severities: unknown): void {
    if (!Array.isArray(severities)) throw new OptionsError('severities', 'an array of severities', severities);
    for (const severity of severities) this.#checkedKeys(name, severity);
  }

  #checkedKeys(name: string, severity: string): DestinationKeys {
    assertName(name, this.#space);
    assertSeverity(severity);
    return destinationKeys(this.#space, name, severity);
  }
}

function assertDate(since: unknown): void {
  if (since === undefined) return;
  if (!(since instanceof Date) || Number.isNaN(since.getTime())) throw new OptionsError('since', 'a Date', since);
}
