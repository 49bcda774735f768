/** Lists the severities of a logger with their totals. */

import type { SeverityGlance } from '../../read/glance';
import type { MessageChange } from '../../read/message-change';
import { type Change, isNotable, sumTotals } from '../../read/surge';
import { pickTelling } from '../../read/telling';
import { compareSeverities, GRAVEST_FIRST } from '../../severity';
import { NO_CHANGES, type StatusCounts } from './changes';

/** How much was logged in the window with one severity, beside what that is compared with. */
export interface SeverityTotal extends Change {
  readonly severity: string;
  readonly isShown: boolean;
  /** Messages, or patterns of messages, that are new, returned, surging and fading, of those looked at. */
  readonly changeCounts: StatusCounts;
}

const NOTHING: Change = { count: 0, previous: 0, expected: 0, score: null, status: 'unknown' };

/** The five usual severities, gravest first, then any others by name. */
export function listSeverities(others: Iterable<string>): string[] {
  return [...new Set([...GRAVEST_FIRST, ...others])].sort(compareSeverities);
}

/**
 * The totals of all severities, and of all together.
 *
 * @param isExact - whether messages are counted one by one, and not by their patterns
 */
export function listTotals(
  glances: readonly SeverityGlance[],
  shown: readonly string[],
  isExact: boolean,
): { total: Change; severities: SeverityTotal[] } {
  const severities = listSeverities(glances.map(({ severity }) => severity)).map((severity) => {
    const found = glances.find((glance) => glance.severity === severity);
    const changes = found?.changes ?? [];
    const changeCounts = countStatuses(isExact ? changes : pickTelling(changes));
    return { severity, ...(found?.total ?? NOTHING), changeCounts, isShown: shown.includes(severity) };
  });
  return { total: sumTotals(severities), severities };
}

/** How many messages have each status worth a row. */
export function countStatuses(changes: readonly MessageChange[]): StatusCounts {
  const counts = { ...NO_CHANGES };
  for (const { status } of changes) if (isNotable(status)) counts[status]++;
  return counts;
}
