import type TransportStream = require('winston-transport');

import { assertFunction, assertObject, assertWholeNumber, OptionsError } from './errors';
import type { TimestampFormat } from './line-format';
import type { LogInfo } from './record/log-call';
import { assertName, assertPrefix, assertSeverity } from './redis/keys';
import { assertConnection, type ConnectionOptions } from './redis/open';
import { isClusterClient } from './redis/passed-connection';

/** Options of the keys, and of what is written to them. */
export interface WriteOptions {
  /** Put before every key. With a cluster client it holds no `{` or `}`. @default '' */
  readonly keyPrefix?: string | undefined;
  /** Lines that a recent list keeps; from 1 to 10,000. @default 100 */
  readonly recentLimit?: number | undefined;
  /**
   * Distinct messages counted in an hour, per logger name and severity; from 2 to 1,000,000. Past it the rarest message's
   * count moves to the message `<other>`, so that totals stay exact. @default 10000
   */
  readonly commonLimit?: number | undefined;
  /**
   * How the time of a line is written: `'asctime'` in local time, as Python's `time.asctime()` and the book write it, or
   * `'iso'` in UTC. Both have 24 characters. @default 'asctime'
   */
  readonly timestamp?: TimestampFormat | undefined;
  /**
   * Seconds after the last write until all keys of a logger name and severity expire; from 1 to 2,147,483,647. More than
   * 7,200 keeps the previous hour readable for as long as it is the previous one. Off when not given. @default undefined
   */
  readonly ttlSeconds?: number | undefined;
  /**
   * Severities of levels, adding to the table of {@link toSeverity} or replacing its entries: `{ audit: 'info' }`.
   * @default {}
   */
  readonly severities?: Readonly<Record<string, string>> | undefined;
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
   * The logger name in the keys, 1 to 128 bytes; or a function that gives it for each log call, such as
   * `(info) => info.service`. A call for which it gives undefined or null is filed under the default. @default 'app'
   */
  readonly name?: string | ((info: LogInfo) => unknown) | undefined;
  /**
   * What to count for a log call; undefined counts nothing. Counting messages without their ids and numbers keeps equal
   * things together. @default the message
   */
  readonly commonKey?: ((info: LogInfo) => unknown) | undefined;
  /**
   * Time between the beginnings of two batches of one logger name and severity, in milliseconds; from 0 to 60,000. After a
   * pause up to five may begin early, the first as soon as something is logged. Kafka's word. @default 10
   */
  readonly lingerMs?: number | undefined;
  /**
   * Distinct messages that wait for Redis, over all loggers and severities; from 1 to 1,000,000. Past it new ones count
   * under `<other>`. This bounds the memory that an outage can take. @default 10000
   */
  readonly maxPending?: number | undefined;
  /**
   * Longest time that `flush()`, `close()`, the end of the logger and the end of the process wait for Redis, in
   * milliseconds; from 0 to 600,000. @default 5000
   */
  readonly closeTimeoutMs?: number | undefined;
}

/** The default of every option that has one. */
export const DEFAULTS = Object.freeze({
  name: 'app',
  keyPrefix: '',
  recentLimit: 100,
  commonLimit: 10_000,
  severities: Object.freeze({}) as Readonly<Record<string, string>>,
  timestamp: 'asctime' as TimestampFormat,
  lingerMs: 10,
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

/** Options with a value wherever there is a default. */
export type Resolved<Options> = Omit<Options, keyof typeof DEFAULTS> & {
  readonly [option in Extract<keyof Options, keyof typeof DEFAULTS>]-?: NonNullable<Options[option]>;
};

/**
 * Checks the options of a transport and fills in the defaults.
 * @throws OptionsError
 */
export function resolveTransportOptions(options: TransportOptions = {}): Resolved<TransportOptions> {
  assertConnection(options);
  const hashTag = options.client !== undefined && isClusterClient(options.client);
  const resolved = withDefaults<TransportOptions>(options);
  assertWriteOptions(resolved, hashTag);
  for (const option of ['lingerMs', 'maxPending', 'closeTimeoutMs'] as const) assertInteger(resolved, option);
  if (typeof resolved.name !== 'function') assertName(resolved.name, { hashTag });
  assertFunction(resolved.commonKey, 'commonKey');
  assertWinstonOptions(resolved);
  return resolved;
}

/**
 * Checks the options of what is written and fills in the defaults.
 * @throws OptionsError
 */
export function resolveWriteOptions(options: WriteOptions, hashTag: boolean): Resolved<WriteOptions> {
  assertObject(options, 'options');
  const resolved = withDefaults<WriteOptions>(options);
  assertWriteOptions(resolved, hashTag);
  return resolved;
}

/** An option given as undefined has its default all the same. */
function withDefaults<Options extends WriteOptions>(options: Options): Resolved<Options> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) } as unknown as Resolved<Options>;
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
}

function assertWinstonOptions(options: TransportOptions): void {
  const { level, format } = options;
  if (level !== undefined && typeof level !== 'string') throw new OptionsError('level', 'a level of the logger', level);
  if (format !== undefined) assertFunction(Object(format).transform, 'format.transform', true);
  for (const option of ['silent', 'handleExceptions', 'handleRejections'] as const) {
    const value = options[option];
    if (value !== undefined && typeof value !== 'boolean') throw new OptionsError(option, 'true or false', value);
  }
}

function assertInteger(options: TransportOptions, option: keyof typeof RANGES): void {
  const [least, most] = RANGES[option];
  assertWholeNumber(options[option], option, least, most);
}
