/** Says in a sentence what has changed, and how much was logged. */

import { factorText } from '../../read/surge';
import type { Snapshot } from '../data/snapshot';
import { sumCounts } from '../data/totals';
import type { MarkupElement } from './markup';
import { formatNumber } from './number';

/** The only live region of the page: screen readers announce just this when it changes. */
export function statusLine(snapshot: Snapshot): MarkupElement {
  return ['p', { id: 'status', role: 'status' }, statusSentence(snapshot)];
}

/** The log calls of this hour in the severities shown. */
export function summaryLine({ name, severities, elapsed }: Snapshot): MarkupElement {
  if (name === null) {
    const hint = 'Loggers appear here as soon as they write to this Redis under this key prefix.';
    return ['p', { id: 'summary', class: 'hint' }, hint];
  }
  const { count } = sumCounts(severities.filter(({ isShown }) => isShown));
  const calls = `${formatNumber(count)} log ${count === 1 ? 'call' : 'calls'} this hour`;
  const minutes = Math.round(elapsed * 60);
  return ['p', { id: 'summary' }, `${calls} · ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} into it`];
}

function statusSentence({ name, hasBaseline, changeCounts, undecided, total }: Snapshot): string {
  if (name === null) return 'Nothing has been logged yet';
  if (!hasBaseline) return 'First hour: nothing to compare with yet';
  const counts = Object.entries(changeCounts).filter(([, count]) => count > 0);
  if (counts.length > 0) return counts.map(([status, count]) => `${formatNumber(count)} ${status}`).join(', ');
  if (undecided === 0) return 'Nothing new, surging or fading';
  return `Too many different messages to tell which changed; all together ${factorText(total.score ?? 0)}`;
}
