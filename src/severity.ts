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
