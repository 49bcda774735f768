/** Parses the values of options. */

import { assertName, assertSeverity } from '../../redis/keys';
import { toSeverity } from '../../severity';
import { UsageError } from '../errors';
import { parseClock, parseDateTime } from './date-time';

/** Whether a message matches. */
export type Matcher = (message: string) => boolean;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/;
/** Epoch seconds from 1973 to 5138: a shorter number is more likely a duration without its unit, a longer one milliseconds. */
const EPOCH = /^\d{9,11}(\.\d+)?$/;
const PATTERN = /^\/(.+)\/([dimsuv]*)$/s;

/**
 * A whole number from `least` to `most`.
 * @throws UsageError
 */
export function parseWhole(option: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${option} takes a whole number ${range}, got '${text}'`);
}

/**
 * Seconds from 0.1 to 3600.
 * @throws UsageError
 */
export function parseSeconds(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= 0.1 && value <= 3600) return value;
  throw new UsageError(`${option} takes seconds from 0.1 to 3600, got '${text}'`);
}

/**
 * One of the choices.
 * @throws UsageError
 */
export function parseChoice<Choice extends string>(option: string, text: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new UsageError(`${option} takes one of ${choices.join(', ')}, got '${text}'`);
  return found;
}

/**
 * A duration before now, such as `1h30m`; `now`; a time of day; epoch seconds; or a date or time, such as `2026-11-24 12:00`, which
 * is local unless it has a zone.
 * @throws UsageError, also for a time that does not exist
 */
export function parseSince(option: string, text: string): Date {
  const since = sinceMs(text);
  if (since !== undefined && !Number.isNaN(new Date(since).getTime())) return new Date(since);
  throw new UsageError(
    `${option} takes a duration, such as 90s, 10m, 2h, 1d or 1w, a time that exists, such as 11:50 or '2026-11-24 12:00', epoch seconds or now, got '${text}'`,
  );
}

/**
 * A duration such as `1h30m`, in milliseconds.
 * @throws UsageError
 */
export function parseDuration(option: string, text: string, leastMs: number, mostMs: number): number {
  const ms = DURATION.test(text) ? durationMs(text) : Number.NaN;
  if (ms >= leastMs && ms <= mostMs) return ms;
  const range = `from ${leastMs / 1000}s to ${mostMs / 86_400_000}d`;
  throw new UsageError(`${option} takes a duration ${range}, such as 90s, 10m or 1h30m, got '${text}'`);
}

/**
 * Some of the choices, from comma-separated ones.
 * @throws UsageError
 */
export function parseChoices<Choice extends string>(
  option: string,
  texts: readonly string[],
  choices: readonly Choice[],
): readonly Choice[] {
  const all = texts.flatMap((text) => text.split(',')).map((text) => parseChoice(option, text.trim(), choices));
  return [...new Set(all)];
}

function sinceMs(text: string): number | undefined {
  if (text === 'now') return Date.now();
  if (DURATION.test(text)) return Date.now() - durationMs(text);
  return EPOCH.test(text) ? Number(text) * 1000 : (parseClock(text) ?? parseDateTime(text));
}

function durationMs(text: string): number {
  return [...text.matchAll(/([\d.]+)([a-z]+)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[String(unit)] ?? 0),
    0,
  );
}

/**
 * Severities, from comma-separated levels or severities.
 * @throws OptionsError
 */
export function parseLevels(texts: readonly string[] | undefined): readonly string[] | undefined {
  if (!texts) return undefined;
  const severities = texts.flatMap((text) => text.split(',')).map((level) => toSeverity(level.trim()));
  for (const severity of severities) assertSeverity(severity, '--level');
  return [...new Set(severities)];
}

/**
 * Groups of watchers, from comma-separated names.
 * @throws OptionsError
 */
export function parseGroups(option: string, text = 'default'): readonly string[] {
  const groups = text.split(',').map((group) => group.trim());
  for (const group of groups) assertName(group, { hashTag: true }, option);
  return [...new Set(groups)];
}

/**
 * Matchers for a part of a message, or for `/a pattern/`.
 * @throws UsageError
 */
export function parseMatchers(option: string, texts: readonly string[] = []): Matcher[] {
  return texts.map((text) => {
    const [, source, flags] = PATTERN.exec(text) ?? [];
    return source === undefined ? (message) => message.includes(text) : parseExpression(option, source, flags);
  });
}

/**
 * Matchers for regular expressions. One without a capital matches in any case.
 * @throws UsageError
 */
export function parseExpressions(option: string, sources: readonly string[] = []): Matcher[] {
  return sources.map((source) => parseExpression(option, source, /\p{Lu}/u.test(source) ? '' : 'i'));
}

function parseExpression(option: string, source: string, flags: string | undefined): Matcher {
  try {
    const pattern = new RegExp(source, flags);
    return (message) => pattern.test(message);
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
}
