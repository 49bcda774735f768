import { stripVTControlCharacters } from 'node:util';

const NAMES = ['debug', 'info', 'warning', 'error', 'critical'];

/** Python's logging numbers and winston's npm, syslog and cli levels that are not severities by name. */
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
 * winston's npm, syslog and cli sets. It has no prototype, so no level finds anything but what stands here.
 */
export const SEVERITY: Readonly<Record<string | number, string>> = Object.freeze(
  Object.assign(Object.create(null), ALIASES, Object.fromEntries(NAMES.map((name) => [name, name]))),
);

/**
 * The severity that a level is filed under.
 *
 * @param level - a winston level or a Python logging number; ANSI colours in it are ignored
 * @param severities - entries that add to {@link SEVERITY} or replace them
 * @returns the table's severity, in lower case; a level that is in neither table passes through in lower case
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

/** The severities that levels are filed under by default. */
export const GRAVEST_FIRST: readonly string[] = ['critical', 'error', 'warning', 'info', 'debug'];

/** The five from critical to debug, then others by name. */
export function compareSeverities(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : Number(a > b));
}

function rank(severity: string): number {
  const place = GRAVEST_FIRST.indexOf(severity);
  return place < 0 ? GRAVEST_FIRST.length : place;
}

/** Levels whose severity is remembered: a program has few, unless it makes them up. */
const MAX_LEVELS = 1000;

/** The severities of a program's levels, which it uses again and again. */
export class Severities {
  readonly #table: Readonly<Record<string, string>>;
  readonly #found = new Map<string, string>();

  /** @param table - entries that add to {@link SEVERITY} or replace them */
  constructor(table: Readonly<Record<string, string>>) {
    this.#table = table;
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
