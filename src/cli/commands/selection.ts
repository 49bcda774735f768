import type { KnownLogger } from '../../read/reader';
import { compareSeverities } from '../../severity';
import type { Selection } from '../arguments/invocation';
import { Failure } from '../errors';
import { visible } from '../terminal/text';

const NAMES_TOLD = 10;

/** One logger name and severity. */
export type Destination = Pick<KnownLogger, 'name' | 'severity'>;

/** The more severe first, those of an application's own last. */
export function bySeverity(a: Destination, b: Destination): number {
  return compareSeverities(a.severity, b.severity);
}

export function byName(a: Destination, b: Destination): number {
  return (a.name < b.name ? -1 : Number(a.name > b.name)) || bySeverity(a, b);
}

/** What a logger name and severity is called where people read it, in one line. */
export function titleOf({ name, severity }: Destination): string {
  return visible(`${name} · ${severity}`);
}

/**
 * Those that were selected.
 * @throws Failure where none is one that was asked for
 */
export function select<Logger extends Destination>(loggers: readonly Logger[], selection: Selection): Logger[] {
  const { name, severities } = selection;
  const named = loggers.filter((logger) => name === undefined || logger.name === name);
  const selected = named.filter(({ severity }) => !severities || severities.includes(severity));
  if (selected.length > 0 || (name === undefined && severities === undefined)) return selected;
  if (loggers.length === 0) throw new Failure('nothing has been logged yet');
  throw new Failure(
    named.length > 0
      ? `nothing has been logged as ${severities?.join(' or ')}${name === undefined ? '' : ` by '${name}'`}: ` +
          `there is ${listed(named.map(({ severity }) => severity))}`
      : `there is no logger '${name}', but ${listed(loggers.map((logger) => logger.name))}`,
  );
}

/** The first of them, the last with how many more there are. */
export function firstOf(texts: readonly string[], most: number): string[] {
  const more = texts.length - most;
  return texts.slice(0, most).map((text, i) => (more > 0 && i === most - 1 ? `${text} and ${more} more` : text));
}

function listed(texts: readonly string[]): string {
  return firstOf([...new Set(texts)], NAMES_TOLD).join(', ') || 'none';
}
