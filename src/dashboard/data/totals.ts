/** Lists the severities of a logger with their totals. */

import type { SeverityGlance } from '../../read/glance';
import { type Change, isNotable, sumTotals } from '../../read/surge';
import { compareSeverities, GRAVEST_FIRST } from '../../severity';
import { NO_CHANGES, type StatusCounts } from './changes';

/** How much was logged in the window with one severity, beside what that is compared with. */
export interface SeverityTotal extends Change {
  readonly severity: string;
  readonly isShown: boolean;
  /** Messages that are new, returned, surging and fading, of those looked at. */
  readonly changeCounts: StatusCounts;
}

const NOTHING: Change = { count: 0, previous: 0, expected: 0, score: null, status: 'unknown' };

/** The five usual severities, gravest first, then any others by name. */
export function listSeverities(others: Iterable<string>): string[] {
  return [...new Set([...GRAVEST_FIRST, ...others])].sort(compareSeverities);
}

/** The totals of all severities, and of all together. */
export function listTotals(
  glances: readonly SeverityGlance[],
  shown: readonly string[],
): { total: Change; severities: SeverityTotal[] } {
  const severities = listSeverities(glances.map(({ severity }) => severity)).map((severity) => {
    const found = glances.find((glance) => glance.severity === severity);
    const changeCounts = found ? countStatuses([found]) : NO_CHANGES;
    return { severity, ...(found?.total ?? NOTHING), changeCounts, isShown: shown.includes(severity) };
  });
  return { total: sumTotals(severities), severities };
}

/** How many messages have each status worth a row. */
export function countStatuses(glances: readonly SeverityGlance[]): StatusCounts {
  const counts = { ...NO_CHANGES };
  for (const { status } of glances.flatMap(({ changes }) => changes)) {
    if (isNotable(status)) counts[status]++;
  }
  return counts;
}
