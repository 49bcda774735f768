/** Says in a sentence what has changed, and how much was logged. */

import { factorText } from '../../read/surge';
import type { Overview } from '../data/overview';
import type { Snapshot } from '../data/snapshot';
import type { View } from '../view';
import type { MarkupElement } from './markup';
import { formatCount, formatNumber } from './number';
import { visible } from './text';
import { changesText, risingText, windowWords } from './words';

/** The only live region of the page: screen readers announce just this when it changes. */
export function statusLine(text: string): MarkupElement {
  return ['p', { id: 'status', role: 'status' }, text];
}

/** What has changed in a logger. */
export function loggerStatus({ hasBaseline, changeCounts, undecided, severities, total }: Snapshot): string {
  if (!hasBaseline) return 'First hour: nothing to compare with yet';
  const changed = changesText(changeCounts);
  if (changed !== '') return changed;
  const surging = severities.filter(({ isShown, status }) => isShown && status === 'surging');
  if (undecided === 0 && surging.length > 0) {
    return `No message is new or surging by itself, but ${surging.map(({ severity }) => visible(severity)).join(', ')} as a whole`;
  }
  if (undecided === 0) return 'Nothing new, surging or fading';
  return `Too many different messages to tell which changed; all together ${factorText(total.score ?? 0)}`;
}

/** The log calls of the window in the severities shown. */
export function loggerSummary({ severities, elapsed }: Snapshot, view: View): MarkupElement {
  const shown = severities.filter(({ isShown }) => isShown);
  const count = shown.reduce((sum, each) => sum + each.count, 0);
  const calls = `${formatCount(count, 'log call')} ${windowWords(view).during}`;
  const passed = view.window === 'hour' ? ` · ${formatCount(Math.round(elapsed * 60), 'minute')} into it` : '';
  return ['p', { id: 'summary' }, `${calls}${passed}`];
}

/** What has changed in all loggers. */
export function overviewStatus({ loggerCount, matching, cards, changeCounts }: Overview): string {
  if (loggerCount === 0) return 'Nothing has been logged yet';
  if (matching === 0) return 'No logger has this text in its name';
  const risen = cards.filter(({ urgent }) => urgent !== null).length;
  if (risen === 0) return 'Nothing new or surging';
  const rising = risingText(changeCounts) || 'Counts surging';
  return `${rising} in ${formatNumber(risen)} of ${formatCount(matching, 'logger')}`;
}

export function overviewSummary({ loggerCount, matching, cards }: Overview): MarkupElement {
  if (loggerCount === 0) {
    const hint = 'Loggers appear here as soon as they write to this Redis under this key prefix.';
    return ['p', { id: 'summary', class: 'hint' }, hint];
  }
  const passing = `${formatNumber(matching)} of ${formatCount(loggerCount, 'logger')} pass the filter`;
  // The status has said how many there are if something has risen in any.
  const all = cards.some(({ urgent }) => urgent !== null) ? '' : formatCount(loggerCount, 'logger');
  const detail = matching > cards.length ? `the ${cards.length} most surprising in detail` : '';
  return ['p', { id: 'summary' }, [matching < loggerCount ? passing : all, detail].filter(Boolean).join(', ')];
}
