/** The options of the watcher: their meaning, ranges and defaults, and their checks. */

import { assertFunction, assertWholeNumber, OptionsError } from '../errors';
import { assertName, assertPrefix, assertSeverity } from '../redis/keys';
import { assertConnection, type ConnectionOptions, givenWithUrl } from '../redis/open';
import { isClusterClient } from '../redis/passed-client';
import { toSeverity } from '../severity';
import { type Alarm, type AlarmDigest, type AlarmKind, KINDS } from './alarm';
import { assertWebhook, type WebhookOptions } from './webhook';

/** Options of {@link RecentCommonWatcher}. */
export interface WatcherOptions extends ConnectionOptions {
  /** The `keyPrefix` of the writers. @default '' */
  readonly keyPrefix?: string | undefined;
  /** What to tell: see {@link AlarmKind}. At least one. @default ['new', 'surging'] */
  readonly on?: readonly AlarmKind[] | undefined;
  /** Severities, or levels, whose messages are told. A logger that fell silent did so under all. @default ['error', 'critical'] */
  readonly severities?: readonly string[] | undefined;
  /** Logger names that are watched. @default all */
  readonly names?: readonly string[] | undefined;
  /** A message that was told is not told again for so many milliseconds, from 1,000 to 604,800,000. @default 3600000 */
  readonly cooldownMs?: number | undefined;
  /**
   * Alarms of one minute, from the first of them on, that are told singly; the others of it come as one {@link AlarmDigest}
   * when it is over. From 0 to 1,000. @default 20
   */
  readonly digestAbove?: number | undefined;
  /**
   * Tells an alarm. It is told once this has returned and what it returned has resolved. If it throws, rejects or takes longer
   * than `alarmTimeoutMs`, or if its process ends, it is told again, with the same `id`, by this process or another. Up to
   * eight run at once.
   */
  readonly onAlarm?: ((alarm: Alarm | AlarmDigest) => unknown) | undefined;
  /** Posts alarms as JSON, beside `onAlarm` or instead of it: with both, an alarm is told once both have taken it. */
  readonly webhook?: WebhookOptions | undefined;
  /** Longest time that telling one alarm may take, in milliseconds, from 100 to 600,000. @default 10000 */
  readonly alarmTimeoutMs?: number | undefined;
  /** How often one alarm is tried, from 1 to 1,000; after waits of one second, two, four and so on, up to a minute. @default 20 */
  readonly maxAttempts?: number | undefined;
  /** Time between two looks, in milliseconds, from 100 to 60,000. @default 500 */
  readonly pollMs?: number | undefined;
  /**
   * Watchers of one group share the work: each alarm is told by one of them. Those that tell different people need different
   * groups, and all of one group the same options. 1 to 128 bytes without `{` and `}`. @default 'default'
   */
  readonly group?: string | undefined;
  /** Longest time that `close()` waits for alarms that are being told, in milliseconds, from 0 to 600,000. @default 5000 */
  readonly closeTimeoutMs?: number | undefined;
}

const WATCHER_OPTIONS: Readonly<Record<Exclude<keyof WatcherOptions, keyof ConnectionOptions>, true>> = {
  keyPrefix: true,
  on: true,
  severities: true,
  names: true,
  cooldownMs: true,
  digestAbove: true,
  onAlarm: true,
  webhook: true,
  alarmTimeoutMs: true,
  maxAttempts: true,
  pollMs: true,
  group: true,
  closeTimeoutMs: true,
};

/** The default of every option that has one. */
export const WATCHER_DEFAULTS = Object.freeze({
  keyPrefix: '',
  on: Object.freeze(['new', 'surging']) as readonly AlarmKind[],
  severities: Object.freeze(['error', 'critical']) as readonly string[],
  cooldownMs: 3_600_000,
  digestAbove: 20,
  alarmTimeoutMs: 10_000,
  maxAttempts: 20,
  pollMs: 500,
  group: 'default',
  closeTimeoutMs: 5000,
});

/** Inclusive ranges of the whole numbers. */
const RANGES = {
  cooldownMs: [1000, 604_800_000],
  digestAbove: [0, 1000],
  alarmTimeoutMs: [100, 600_000],
  maxAttempts: [1, 1000],
  pollMs: [100, 60_000],
  closeTimeoutMs: [0, 600_000],
} as const;

/** Options in which every option that has a default has a value, and severities stand for levels. */
export type ResolvedWatcherOptions = Omit<WatcherOptions, keyof typeof WATCHER_DEFAULTS> & {
  readonly [option in keyof typeof WATCHER_DEFAULTS]-?: NonNullable<WatcherOptions[option]>;
};

/**
 * Checks the options and fills in the defaults.
 * @throws OptionsError
 */
export function resolveWatcherOptions(options: WatcherOptions): ResolvedWatcherOptions {
  assertConnection(options, WATCHER_OPTIONS);
  const hashTag = options.client !== undefined && isClusterClient(options.client);
  const resolved = { ...WATCHER_DEFAULTS, ...givenWithUrl(options, WATCHER_OPTIONS) } as ResolvedWatcherOptions;
  assertPrefix(resolved.keyPrefix, { hashTag });
  assertName(resolved.group, { hashTag: true }, 'group');
  for (const [option, [least, most]] of Object.entries(RANGES)) {
    assertWholeNumber(resolved[option as keyof typeof RANGES], option, least, most);
  }
  assertKinds(resolved.on);
  if (resolved.names !== undefined) {
    assertList(resolved.names, 'names', 'an array of logger names');
    for (const name of resolved.names) assertName(name, { hashTag }, 'names');
  }
  assertList(resolved.severities, 'severities', 'an array of severities');
  const severities = resolved.severities.map((level) => (typeof level === 'string' ? toSeverity(level) : level));
  for (const severity of severities) assertSeverity(severity, 'severities');
  assertFunction(resolved.onAlarm, 'onAlarm', resolved.webhook === undefined);
  if (resolved.webhook !== undefined) assertWebhook(resolved.webhook);
  // The application may change its arrays.
  const names = resolved.names && [...resolved.names];
  return { ...resolved, names, on: [...resolved.on], severities: [...new Set(severities)] };
}

function assertKinds(on: readonly AlarmKind[]): void {
  const expected = `an array of at least one of ${KINDS.map((kind) => `'${kind}'`).join(', ')}`;
  assertList(on, 'on', expected);
  const wrong = on.find((kind) => !KINDS.includes(kind));
  if (wrong !== undefined) throw new OptionsError('on', expected, wrong);
}

function assertList(list: unknown, option: string, expected: string): void {
  if (!Array.isArray(list) || list.length === 0) throw new OptionsError(option, expected, list);
}
