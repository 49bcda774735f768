/** Puts what became of messages in order of urgency: new critical ones first, then surging critical ones, then new errors. */

import type { ChangeStatus } from '../../read/surge';
import { GRAVEST_FIRST } from '../../severity';

/** Severities that are looked at first, by how much a change in them weighs. */
const LEVELS = ['urgent', 'grave', 'warning', 'calm'] as const;

/** How loud the colour of a change is. */
export type Level = (typeof LEVELS)[number] | 'quiet';

const STATUSES: readonly ChangeStatus[] = ['new', 'returned', 'surging', 'fading', 'steady', 'unknown'];
const RISING = 3;

/** The smaller, the more urgent. What rises comes before what does not, whatever their severities. */
export function urgency(severity: string, status: ChangeStatus): number {
  const place = GRAVEST_FIRST.indexOf(severity);
  const order = STATUSES.indexOf(status);
  const weight = place < 0 ? GRAVEST_FIRST.length : place;
  return (order < RISING ? 0 : 100) + weight * STATUSES.length + order;
}

/** The colour of a change. */
export function urgencyLevel(severity: string, status: ChangeStatus): Level {
  if (STATUSES.indexOf(status) >= RISING) return 'quiet';
  return LEVELS[GRAVEST_FIRST.indexOf(severity)] ?? 'calm';
}

/** The most urgent of some changes, and of equally urgent ones the most surprising. */
export function mostUrgent<Item extends { severity: string; status: ChangeStatus; score: number | null }>(
  changes: readonly Item[],
): Item | undefined {
  let [best] = changes;
  for (const each of changes) {
    const difference = best ? urgency(each.severity, each.status) - urgency(best.severity, best.status) : 0;
    if (best && (difference < 0 || (difference === 0 && (each.score ?? 0) > (best.score ?? 0)))) best = each;
  }
  return best;
}
