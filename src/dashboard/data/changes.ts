/** Picks the messages that are new, surging or fading. */

import type { SeverityChanges } from '../../read/compare';
import type { MessageChange } from '../../read/message-change';
import { Slices } from '../../read/slices';
import { type ChangeStatus, surgeScore } from '../../read/surge';
import { OTHER } from '../../redis/keys';
import { compareSeverities } from '../../severity';

/** Messages shown as new or surging, in all severities together. */
const MAX_RISING = 40;
/** Messages shown as fading, in all severities together. */
const MAX_FADING = 10;
/** Messages that each severity may show even if others take up all rows. */
const MIN_SHARE = 4;

/** A message that is new, surging or fading, or has come back. */
export interface NotableChange extends Omit<MessageChange, 'sample'> {
  readonly severity: string;
  readonly score: number;
  readonly status: Exclude<ChangeStatus, 'steady' | 'unknown'>;
}

/** How many messages are new, surging and fading, including those not shown. */
export type StatusCounts = Readonly<Record<NotableChange['status'], number>>;

export interface Notable {
  /**
   * The new and surging messages, then the fading ones; in both, graver severities first, and within a severity the most
   * surprising first.
   */
  readonly shown: NotableChange[];
  readonly counts: StatusCounts;
  /** Messages that may have changed: `<other>` may include their counts. */
  readonly undecided: number;
}

/** @param elapsed - how much of the hour has passed, from 0 to 1 */
export async function notableChanges(all: readonly SeverityChanges[], elapsed: number): Promise<Notable> {
  const slices = new Slices();
  const counts = { new: 0, returned: 0, surging: 0, fading: 0 };
  let undecided = 0;
  const rising: NotableChange[][] = [];
  const fading: NotableChange[][] = [];
  for (const { severity, changes } of [...all].sort((a, b) => compareSeverities(a.severity, b.severity))) {
    const up: NotableChange[] = [];
    const down: NotableChange[] = [];
    for (const change of changes) {
      if (slices.isOver()) await slices.pause();
      const { message, score: compared, status } = change;
      if (status === 'unknown' && compared !== null && message !== OTHER) undecided++;
      if (status === 'unknown' || status === 'steady') continue;
      counts[status]++;
      const score = surgeScore(change.count, change.previous, elapsed);
      const expected = elapsed * change.previous;
      const [list, most] = status === 'fading' ? ([down, MAX_FADING] as const) : ([up, MAX_RISING] as const);
      if (list.length < most) list.push({ ...change, severity, expected, score, status });
    }
    rising.push(up);
    fading.push(down);
  }
  return { shown: [...shareRows(rising, MAX_RISING), ...shareRows(fading, MAX_FADING)], counts, undecided };
}

/** The first items of each list. Each list has an equal share of the rows; shorter lists leave theirs to longer ones. */
function shareRows<Item>(lists: readonly (readonly Item[])[], rows: number): Item[] {
  const shares = new Map<readonly Item[], number>();
  let left = rows;
  [...lists]
    .sort((a, b) => a.length - b.length)
    .forEach((list, i) => {
      const share = Math.min(list.length, Math.max(MIN_SHARE, Math.floor(left / (lists.length - i))));
      shares.set(list, share);
      left -= share;
    });
  return lists.flatMap((list) => list.slice(0, shares.get(list)));
}
