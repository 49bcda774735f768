/** Picks the messages that are new, surging or fading. */

import type { SeverityChanges } from '../../read/compare';
import { Slices } from '../../read/slices';
import { isNotable, isRising, type NotableStatus } from '../../read/surge';
import { OTHER } from '../../redis/keys';
import { compareSeverities } from '../../severity';
import { matches, type SeverityChange } from './rows';

/** Messages shown as new or surging, in all severities together. */
const MAX_RISING = 40;
/** Messages shown as fading, in all severities together. */
const MAX_FADING = 10;
/** Messages that each severity may show even if others take up all rows. */
const MIN_SHARE = 4;

/** How many messages are new, returned, surging and fading, including those not shown. */
export type StatusCounts = Readonly<Record<NotableStatus, number>>;

export const NO_CHANGES: StatusCounts = { new: 0, returned: 0, surging: 0, fading: 0 };

export interface Notable {
  /**
   * The new and surging messages, then the fading ones; in both, graver severities first, and within a severity the most
   * surprising first.
   */
  readonly shown: SeverityChange[];
  readonly counts: StatusCounts;
  /** How many of them contain the text asked for. */
  readonly matching: number;
  /** Messages that may have changed: `<other>` may include their counts. */
  readonly undecided: number;
}

/** @param text - that a message must contain, in lower case */
export async function notableChanges(all: readonly SeverityChanges[], text: string): Promise<Notable> {
  const slices = new Slices();
  const counts = { ...NO_CHANGES };
  let [undecided, matching] = [0, 0];
  const rising: SeverityChange[][] = [];
  const fading: SeverityChange[][] = [];
  for (const { severity, changes } of [...all].sort((a, b) => compareSeverities(a.severity, b.severity))) {
    const up: SeverityChange[] = [];
    const down: SeverityChange[] = [];
    for (const change of changes) {
      if (slices.isOver()) await slices.pause();
      const { message, score, status } = change;
      if (status === 'unknown' && score !== null && message !== OTHER) undecided++;
      if (!isNotable(status)) continue;
      counts[status]++;
      if (!matches(change, text)) continue;
      matching++;
      const [list, most] = isRising(status) ? ([up, MAX_RISING] as const) : ([down, MAX_FADING] as const);
      if (list.length < most) list.push({ ...change, severity });
    }
    rising.push(up);
    fading.push(down);
  }
  const shown = [...shareRows(rising, MAX_RISING), ...shareRows(fading, MAX_FADING)];
  return { shown, counts, matching, undecided };
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
