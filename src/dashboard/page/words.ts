/** Says in words which window is looked at and what has changed in it. */

import { factorText, type NotableStatus } from '../../read/surge';
import type { StatusCounts } from '../data/changes';
import { type View, windowMinutes } from '../view';
import { formatNumber } from './number';

/** The words for a window. */
export interface WindowWords {
  /** Heading of a column of its counts. */
  readonly now: string;
  /** Heading of a column of what it is compared with. */
  readonly before: string;
  /** When something was logged in it. */
  readonly during: string;
  /** When what is new was first seen: of this hour, that is longer. */
  readonly recently: string;
  /** What its counts are compared with. */
  readonly predicted: string;
}

export function windowWords(view: Pick<View, 'window'>): WindowWords {
  const minutes = windowMinutes(view);
  if (minutes === undefined) {
    const recently = 'in the last 60 minutes';
    return {
      now: 'This hour',
      before: 'Hour before',
      during: 'this hour',
      recently,
      predicted: 'what the hour before predicts',
    };
  }
  const during = `in the last ${minutes} minutes`;
  return {
    now: `${minutes} minutes`,
    before: 'Before',
    during,
    recently: during,
    predicted: 'what the time before predicts',
  };
}

/** The counts of what changed, such as `2 new, 1 surging`; empty if nothing did. */
export function changesText(counts: StatusCounts, statuses?: readonly NotableStatus[]): string {
  return (Object.entries(counts) as [NotableStatus, number][])
    .filter(([status, count]) => count > 0 && (statuses?.includes(status) ?? true))
    .map(([status, count]) => `${formatNumber(count)} ${status}`)
    .join(', ');
}

/** What the title of the tab says of what has changed: only what is more than before. */
export function risingText(counts: StatusCounts): string {
  return changesText(counts, ['new', 'returned', 'surging']);
}

/** A status with its factor. */
export function statusText(status: string, score: number | null): string {
  if (status !== 'surging' && status !== 'fading') return status;
  return `${status === 'surging' ? '▲' : '▼'} ${status} ${factorText(score ?? 0)}`;
}
