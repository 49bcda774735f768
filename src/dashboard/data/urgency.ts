/** Puts what became of messages in order of urgency: new critical ones first, then surging critical ones, then new errors. */

import { type ChangeStatus, isRising } from '../../read/surge';
import { GRAVEST_FIRST } from '../../severity';

/** Severities that are looked at first, by how much a change in them weighs. */
const LEVELS = ['urgent', 'grave', 'warning', 'calm'] as const;

/** How loud the colour of a change is. */
export type Level = (typeof LEVELS)[number] | 'quiet';

const STATUSES: readonly ChangeStatus[] = ['new', 'returned', 'surging', 'fading', 'steady', 'unknown'];

/** The smaller, the more urgent. What rises comes before what does not, whatever their severities. */
export function urgency(severity: string, status: ChangeStatus): number {
  const place = GRAVEST_FIRST.indexOf(severity);
  const order = STATUSES.indexOf(status);
  const weight = place < 0 ? GRAVEST_FIRST.length : place;
  return (isRising(status) ? 0 : 100) + weight * STATUSES.length + order;
}

/** The colour of a change. */
export function urgencyLevel(severity: string, status: ChangeStatus): Level {
  if (!isRising(status)) return 'quiet';
  return LEVELS[GRAVEST_FIRST.indexOf(severity)] ?? 'calm';
}

/** What the urgency of a change depends on. */
export interface Ranked {
  readonly severity: string;
  readonly status: ChangeStatus;
  readonly score: number | null;
}

/** The most urgent of some changes, and of equally urgent ones the most surprising. */
export function mostUrgent<Item extends Ranked>(changes: readonly Item[]): Item | undefined {
  let best: Item | undefined;
  for (const each of changes) if (!best || isMoreUrgent(each, best)) best = each;
  return best;
}

function isMoreUrgent(a: Ranked, b: Ranked): boolean {
  const difference = urgency(a.severity, a.status) - urgency(b.severity, b.status);
  return difference < 0 || (difference === 0 && (a.score ?? 0) > (b.score ?? 0));
}
