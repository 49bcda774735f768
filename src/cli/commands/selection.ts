/** Picks the loggers that were asked for, and orders, names and abbreviates them. */

import type { KnownLogger } from '../../read/known-loggers';
import { compareSeverities } from '../../severity';
import type { Selection } from '../arguments/invocation';
import { Failure } from '../errors';
import { visible } from '../terminal/text';

const MOST_NAMES = 10;

/** A logger name and severity: what lines and counts are kept for. */
export type LoggerId = Pick<KnownLogger, 'name' | 'severity'>;

/** The most severe first, severities of the application's own last. */
export function bySeverity(a: LoggerId, b: LoggerId): number {
  return compareSeverities(a.severity, b.severity);
}

/** By name, then by severity. */
export function byName(a: LoggerId, b: LoggerId): number {
  return (a.name < b.name ? -1 : Number(a.name > b.name)) || bySeverity(a, b);
}

/** A logger and severity on one line, as people read it. */
export function loggerTitle({ name, severity }: LoggerId): string {
  return visible(`${name} · ${severity}`);
}

/**
 * Picks the selected loggers.
 * @throws Failure if none has a name or severity that was asked for
 */
export function select<Logger extends LoggerId>(loggers: readonly Logger[], selection: Selection): Logger[] {
  const { name, severities } = selection;
  const named = loggers.filter((logger) => name === undefined || logger.name === name);
  const selected = named.filter(({ severity }) => !severities || severities.includes(severity));
  if (selected.length > 0 || (name === undefined && severities === undefined)) return selected;
  if (loggers.length === 0) throw new Failure('nothing has been logged yet');
  throw new Failure(
    named.length > 0
      ? `nothing has been logged as ${severities?.join(' or ')}${name === undefined ? '' : ` by '${name}'`}: ` +
          `there is ${listNames(named.map(({ severity }) => severity))}`
      : `there is no logger '${name}', only ${listNames(loggers.map((logger) => logger.name))}`,
  );
}

/** At most `most` texts; the last of them says how many more there are. */
export function abbreviate(texts: readonly string[], most: number): string[] {
  const more = texts.length - most;
  return texts.slice(0, most).map((text, i) => (more > 0 && i === most - 1 ? `${text} and ${more} more` : text));
}

function listNames(texts: readonly string[]): string {
  return abbreviate([...new Set(texts)], MOST_NAMES).join(', ') || 'none';
}
