/** Maps the levels of winston and Python to severities, and puts severities in order. */

import { stripVTControlCharacters } from 'node:util';

/** The severities that levels map to by default, gravest first. */
export const GRAVEST_FIRST: readonly string[] = ['critical', 'error', 'warning', 'info', 'debug'];

/** Python's logging numbers, and those of winston's npm, syslog and cli levels that are not severities by name. */
const ALIASES = {
  10: 'debug',
  20: 'info',
  30: 'warning',
  40: 'error',
  50: 'critical',
  emerg: 'critical',
  alert: 'critical',
  crit: 'critical',
  fatal: 'critical',
  warn: 'warning',
  notice: 'info',
  http: 'info',
  help: 'info',
  data: 'info',
  prompt: 'info',
  verbose: 'debug',
  silly: 'debug',
  trace: 'debug',
  input: 'debug',
};

/**
 * The severity of every known level: Python's logging numbers, the five severities by their own name, and the levels of
 * winston's npm, syslog and cli sets. It has no prototype, so a level such as `constructor` finds nothing.
 */
export const SEVERITY: Readonly<Record<string | number, string>> = Object.freeze(
  Object.assign(Object.create(null), ALIASES, Object.fromEntries(GRAVEST_FIRST.map((name) => [name, name]))),
);

/**
 * The severity of a level.
 *
 * @param level - a winston level or a Python logging number; ANSI colours in it are ignored
 * @param severities - entries that add to {@link SEVERITY} or replace its entries
 * @returns the severity in lower case; a level that is in neither table is returned in lower case
 * @example
 * toSeverity('warn'); // 'warning'
 * toSeverity(40); // 'error'
 * toSeverity('Audit'); // 'audit'
 * toSeverity('audit', { audit: 'info' }); // 'info'
 */
export function toSeverity(level: string | number, severities: Readonly<Record<string, string>> = {}): string {
  const plain = stripVTControlCharacters(String(level));
  const lower = plain.toLowerCase();
  for (const key of [plain, lower]) {
    if (Object.hasOwn(severities, key)) return String(severities[key]).toLowerCase();
  }
  return SEVERITY[lower] ?? lower;
}

/** Orders severities from critical to debug, then others by name. */
export function compareSeverities(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : Number(a > b));
}

function rank(severity: string): number {
  const place = GRAVEST_FIRST.indexOf(severity);
  return place < 0 ? GRAVEST_FIRST.length : place;
}

/** Levels whose severity is remembered. A program has few levels, unless it generates them. */
const MAX_LEVELS = 1000;

/** Remembers the severities of the levels that a program uses. */
export class Severities {
  readonly #table: Readonly<Record<string, string>>;
  readonly #found = new Map<string, string>();

  /** @param table - entries that add to {@link SEVERITY} or replace its entries */
  constructor(table: Readonly<Record<string, string>>) {
    // The application may change its object.
    this.#table = { ...table };
  }

  /** See {@link toSeverity}. */
  resolve(level: string): string {
    let severity = this.#found.get(level);
    if (severity === undefined) {
      severity = toSeverity(level, this.#table);
      if (this.#found.size < MAX_LEVELS) this.#found.set(level, severity);
    }
    return severity;
  }
}
