/** The options of the write side: their meaning, ranges and defaults, and the checks of all of them. */

import type TransportStream = require('winston-transport');

import {
  assertBoolean,
  assertFunction,
  assertKnown,
  assertObject,
  assertWholeNumber,
  givenOptions,
  OptionsError,
} from './errors';
import type { TimestampFormat } from './line-format';
import type { CommonKey, LogInfo } from './record/log-call';
import { assertName, assertPrefix, assertSeverity } from './redis/keys';
import { assertConnection, type ConnectionOptions, givenWithUrl } from './redis/open';
import { isClusterClient } from './redis/passed-client';

/** Options of the keys and of the data under them. */
export interface WriteOptions {
  /** Prefix of every key. With a cluster client it must not hold `{` or `}`. @default '' */
  readonly keyPrefix?: string | undefined;
  /** Lines that a recent list keeps, from 1 to 10,000. @default 100 */
  readonly recentLimit?: number | undefined;
  /**
   * Distinct messages counted in an hour, per logger name and severity, from 2 to 1,000,000. Beyond it, the count of the
   * rarest message moves to the message `<other>`, so that totals stay exact. @default 10000
   */
  readonly commonLimit?: number | undefined;
  /**
   * Format of the time of a line: `'iso'`, in UTC and to the millisecond, or `'asctime'`, as Python's `time.asctime()` and
   * *Redis in Action* write it: the local time of the writer, to the second. An asctime does not tell its time zone, so it is
   * read as the local time of the reader. Both have 24 characters.
   * @default 'iso'; 'asctime' for {@link logRecent} and {@link logCommon}
   */
  readonly timestamp?: TimestampFormat | undefined;
  /**
   * Seconds from the last write until all keys of a logger name and severity expire, from 1 to 2,147,483,647. With more than
   * 7,200 the previous hour stays readable for as long as it is the previous one. If not given, keys never expire.
   * @default undefined
   */
  readonly ttlSeconds?: number | undefined;
  /**
   * Severities of levels, which add to the table of {@link SEVERITY} or replace its entries: `{ audit: 'info' }`.
   * @default {}
   */
  readonly severities?: Readonly<Record<string, string>> | undefined;
  /**
   * Severities of whose messages Redis keeps a sample: the first line of an hour with each, of at most 2 kB, a stack before
   * metadata; none for `[]`. @default ['warning', 'error', 'critical']
   */
  readonly sampleSeverities?: readonly string[] | undefined;
}

/** Options of {@link RedisRecentCommonTransport}: its own, and winston's (`level`, `silent`, `format`, `handleExceptions`, `handleRejections`). */
export interface TransportOptions
  extends Pick<
      TransportStream.TransportStreamOptions,
      'level' | 'silent' | 'format' | 'handleExceptions' | 'handleRejections'
    >,
    ConnectionOptions,
    WriteOptions {
  /**
   * The logger name in the keys, 1 to 128 bytes; or a function that returns it for each log call, such as
   * `(info) => info.service`. If that returns undefined or null, the default is used. @default 'app'
   */
  readonly name?: string | ((info: LogInfo) => unknown) | undefined;
  /**
   * What to count of a log call. `'message'`: its message. `'pattern'`: what {@link parameterize} makes of its message, so that
   * messages that differ in values only count together; all processes that write to one Redis should have the same. With both,
   * the template that {@link keepTemplate} has kept comes first, as it is. Or a function that returns the text to count;
   * undefined counts nothing. @default 'message'
   */
  readonly commonKey?: CommonKey | undefined;
  /**
   * Time between the beginnings of two batches of one logger name and severity, in milliseconds, from 0 to 60,000. After a
   * pause up to five may begin early, the first as soon as something is logged. The word is Kafka's. @default 50
   */
  readonly lingerMs?: number | undefined;
  /**
   * Distinct messages that may be pending, of all loggers and severities together, from 1 to 1,000,000. Beyond it, new ones
   * count under `<other>`. This bounds the memory that an outage can take. @default 10000
   */
  readonly maxPending?: number | undefined;
  /**
   * Longest time that `flush()`, `close()`, the end of the logger and the end of the process wait for Redis, in
   * milliseconds, from 0 to 600,000. @default 5000
   */
  readonly closeTimeoutMs?: number | undefined;
}

const WRITE_OPTIONS: Readonly<Record<keyof WriteOptions, true>> = {
  keyPrefix: true,
  recentLimit: true,
  commonLimit: true,
  timestamp: true,
  ttlSeconds: true,
  severities: true,
  sampleSeverities: true,
};

/** The names of a transport's options, besides those that say how to reach Redis. */
const TRANSPORT_OPTIONS: Readonly<Record<Exclude<keyof TransportOptions, keyof ConnectionOptions>, true>> = {
  name: true,
  ...WRITE_OPTIONS,
  commonKey: true,
  lingerMs: true,
  maxPending: true,
  closeTimeoutMs: true,
  level: true,
  silent: true,
  format: true,
  handleExceptions: true,
  handleRejections: true,
};

/** Options that winston and its other transports know: one object may be for several of them. They mean nothing here. */
const WINSTON_OPTIONS = {
  log: true,
  logv: true,
  close: true,
  highWaterMark: true,
  levels: true,
  exitOnError: true,
  eol: true,
  stderrLevels: true,
  consoleWarnLevels: true,
  debugStdout: true,
  forceConsole: true,
} as const;

/** The default of every option that has one. */
export const DEFAULTS = Object.freeze({
  name: 'app',
  keyPrefix: '',
  recentLimit: 100,
  commonLimit: 10_000,
  severities: Object.freeze({}) as Readonly<Record<string, string>>,
  commonKey: 'message' as CommonKey,
  timestamp: 'iso' as TimestampFormat,
  sampleSeverities: Object.freeze(['warning', 'error', 'critical']) as readonly string[],
  lingerMs: 50,
  maxPending: 10_000,
  closeTimeoutMs: 5000,
});

/** Inclusive ranges of the whole numbers. */
export const RANGES = {
  recentLimit: [1, 10_000],
  commonLimit: [2, 1_000_000],
  ttlSeconds: [1, 2_147_483_647],
  lingerMs: [0, 60_000],
  maxPending: [1, 1_000_000],
  closeTimeoutMs: [0, 600_000],
} as const;

/** Options in which every option that has a default has a value. */
export type Resolved<Options> = Omit<Options, keyof typeof DEFAULTS> & {
  readonly [option in Extract<keyof Options, keyof typeof DEFAULTS>]-?: NonNullable<Options[option]>;
};

/**
 * Checks the options of a transport and fills in the defaults.
 * @throws OptionsError
 */
export function resolveTransportOptions(options: TransportOptions = {}): Resolved<TransportOptions> {
  assertConnection(options, { ...TRANSPORT_OPTIONS, ...WINSTON_OPTIONS });
  const hashTag = options.client !== undefined && isClusterClient(options.client);
  const resolved = withDefaults(givenWithUrl(options, TRANSPORT_OPTIONS));
  assertWriteOptions(resolved, hashTag);
  for (const option of ['lingerMs', 'maxPending', 'closeTimeoutMs'] as const) assertInteger(resolved, option);
  if (typeof resolved.name !== 'function') assertName(resolved.name, { hashTag });
  assertCommonKey(resolved.commonKey);
  assertWinstonOptions(resolved);
  return resolved;
}

/**
 * Checks the options of the keys and their data and fills in the defaults, with the time as *Redis in Action* writes it.
 * @throws OptionsError
 */
export function resolveWriteOptions(options: WriteOptions, hashTag: boolean): Resolved<WriteOptions> {
  assertObject(options, 'options');
  assertKnown(options, WRITE_OPTIONS);
  const resolved = withDefaults<WriteOptions>({ timestamp: 'asctime', ...givenOptions(options, WRITE_OPTIONS) });
  assertWriteOptions(resolved, hashTag);
  return resolved;
}

function withDefaults<Options extends WriteOptions>(given: Options): Resolved<Options> {
  return { ...DEFAULTS, ...given } as unknown as Resolved<Options>;
}

function assertWriteOptions(options: Resolved<WriteOptions>, hashTag: boolean): void {
  for (const option of ['recentLimit', 'commonLimit'] as const) assertInteger(options, option);
  if (options.ttlSeconds !== undefined) assertInteger(options, 'ttlSeconds');
  assertPrefix(options.keyPrefix, { hashTag });
  if (options.timestamp !== 'asctime' && options.timestamp !== 'iso') {
    throw new OptionsError('timestamp', "'asctime' or 'iso'", options.timestamp);
  }
  assertObject(options.severities, 'severities');
  for (const [level, severity] of Object.entries(options.severities)) {
    assertSeverity(typeof severity === 'string' ? severity.toLowerCase() : severity, `severities.${level}`);
  }
  assertSeverities(options.sampleSeverities, 'sampleSeverities');
}

function assertCommonKey(commonKey: unknown): void {
  if (commonKey === 'message' || commonKey === 'pattern' || typeof commonKey === 'function') return;
  throw new OptionsError('commonKey', "'message', 'pattern' or a function", commonKey);
}

function assertSeverities(severities: unknown, option: string): void {
  if (!Array.isArray(severities)) throw new OptionsError(option, 'an array of severities', severities);
  for (const severity of severities) assertSeverity(severity, option);
}

function assertWinstonOptions(options: TransportOptions): void {
  const { level, format } = options;
  if (level !== undefined && typeof level !== 'string') throw new OptionsError('level', 'a level of the logger', level);
  if (format !== undefined) assertFunction(Object(format).transform, 'format.transform', true);
  for (const option of ['silent', 'handleExceptions', 'handleRejections'] as const) {
    assertBoolean(options[option], option);
  }
}

function assertInteger(options: TransportOptions, option: keyof typeof RANGES): void {
  const [least, most] = RANGES[option];
  assertWholeNumber(options[option], option, least, most);
}
