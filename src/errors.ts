/** The errors and warnings of this package, and the checks of options that throw them. */

import { inspect } from 'node:util';
import { isNativeError } from 'node:util/types';

const PACKAGE = 'winston-redis-recent-common';

/** The base of every error and warning of this package. */
export class RecentCommonError extends Error {
  override name = 'RecentCommonError';
  /** The message without the names of package and part. */
  readonly reason: string;

  /**
   * @param part - the part of the package that it comes from
   * @param reason - the message; a URL in it loses its user and password, whatever it was given for
   */
  constructor(part: string, reason: string, options?: ErrorOptions) {
    const shown = withoutUserInfo(reason);
    super(`[${PACKAGE}] [${part}] ${shown}`, options);
    this.reason = shown;
  }
}

/** Stands in an {@link OptionsError} for a value that may hold a password. */
export const HIDDEN = Symbol('a value that is not shown');

/** An option or argument that cannot be used. Thrown at construction, or when a function is called with it. */
export class OptionsError extends RecentCommonError {
  override name = 'OptionsError';

  /**
   * @param option - the option's name
   * @param expected - the values that would have been accepted
   * @param received - the value that came; objects are shown by their type alone, since they may hold a password
   */
  constructor(
    readonly option: string,
    readonly expected: string,
    received: unknown,
  ) {
    super('options', `${option}: expected ${expected}, got ${describe(received)}`);
  }
}

/** @throws OptionsError */
export function assertFunction(value: unknown, option: string, isRequired = false): void {
  if (typeof value !== 'function' && (isRequired || value !== undefined)) {
    throw new OptionsError(option, 'a function', value);
  }
}

/** @throws OptionsError, also for objects of Node that hold what they have elsewhere than in properties */
export function assertObject(value: unknown, option: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || HOLDERS.has(tagName(value))) {
    throw new OptionsError(option, 'an object', value);
  }
}

const HOLDERS = new Set(['Map', 'Set', 'URL', 'Promise', 'Date', 'String', 'Number', 'Boolean']);

/** Such as `Map`; `Object` for most objects. */
function tagName(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** @throws OptionsError */
export function assertWholeNumber(value: unknown, option: string, least: number, most = Infinity): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  throw new OptionsError(option, `a whole number ${range}`, value);
}

/** @throws OptionsError for what is given and neither true nor false */
export function assertBoolean(value: unknown, option: string): void {
  if (value !== undefined && typeof value !== 'boolean') throw new OptionsError(option, 'true or false', value);
}

/** What to write in place of names that other packages, or earlier versions of them, use. */
export type Instead = Readonly<Record<string, string>>;

/**
 * Refuses options that nobody reads: a misspelled one would silently do nothing.
 * @param known - has the names of the options that there are
 * @throws OptionsError, which offers the right name
 */
export function assertKnown(options: object, known: Readonly<Record<string, unknown>>, instead: Instead = {}): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    const right = (Object.hasOwn(instead, name) ? instead[name] : undefined) ?? nearestName(name, names);
    const expected = right ? `${right} (there is no option ${name})` : `one of the options ${names.join(', ')}`;
    throw new OptionsError(name, expected, HIDDEN);
  }
}

/** The options that are given, by their names: an object of a class may inherit them, where a copy of it would have none. */
export function givenOptions<Options extends object>(
  options: Options,
  known: Readonly<Record<string, unknown>>,
): Options {
  const values = Object.keys(known).map((name) => [name, options[name as keyof Options]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Options;
}

/** The name that was probably meant; undefined if none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  const most = wanted.length > 3 ? Math.max(2, Math.floor(wanted.length / 3)) : 1;
  const distances = names.map((each) => countEdits(wanted, plain(each)));
  const least = Math.min(...distances);
  if (least <= most) return names[distances.indexOf(least)];
  return wanted.length < 3 ? undefined : names.find((each) => plain(each).includes(wanted));
}

/** How many letters must be put in, left out or replaced to make one text the other: their Levenshtein distance. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}

/** `flush()` reached its deadline before everything was in Redis. Log calls that are pending stay pending. */
export class FlushError extends RecentCommonError {
  override name = 'FlushError';

  /**
   * @param pending - log calls that Redis has not acknowledged
   * @param timeoutMs - the deadline that was reached, in milliseconds
   */
  constructor(
    readonly pending: number,
    readonly timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super('flush', `${pending} log calls not acknowledged by Redis after ${timeoutMs} ms`, options);
  }
}

/** The argument of the `'warn'` event: delivery to Redis is held up, has recovered, or had to leave something out. */
export class DeliveryWarning extends RecentCommonError {
  override name = 'DeliveryWarning';

  constructor(reason: string, options?: ErrorOptions) {
    super('delivery', reason, options);
  }
}

/** The argument of the `'warn'` event of a watcher: Redis cannot be asked, can be asked again, or an alarm could not be told. */
export class WatchWarning extends RecentCommonError {
  override name = 'WatchWarning';

  constructor(reason: string, options?: ErrorOptions) {
    super('watch', reason, options);
  }
}

/** The message of anything that was thrown. An AggregateError of node:net, for one, has a code and no message. */
export function errorMessage(error: unknown): string {
  try {
    if (error instanceof RecentCommonError) return error.reason;
    if (!isNativeError(error)) return String(error);
    return error.message || (error as NodeJS.ErrnoException).code || error.constructor.name;
  } catch {
    return 'an error that cannot be read';
  }
}

function describe(received: unknown): string {
  if (typeof received === 'object' && received !== null) {
    const tag = tagName(received);
    if (tag === 'Array') return 'an array';
    return HOLDERS.has(tag) ? `an object of the type ${tag}` : 'an object';
  }
  if (typeof received === 'function') return 'a function';
  if (received === HIDDEN) return String(HIDDEN.description);
  return inspect(typeof received === 'string' ? withoutUserInfo(received) : received, { maxStringLength: 64 });
}

/**
 * A text without what comes before the host in a URL. A URL may be given for any option by mistake, and its password may hold
 * any character, also blanks, line breaks and further `@`: all up to the last one is left out. That of `@user_script`, with
 * which Redis says where a script failed, is none of a URL.
 */
export function withoutUserInfo(text: string): string {
  return text.replace(/(\/\/|\brediss?:).*@(?!user_script:)/is, '$1…@');
}
