/** Makes the tiles of the severities, each with its total and a link that shows or hides it. */

import { type Change, factorText, isNotable } from '../../read/surge';
import { GRAVEST_FIRST } from '../../severity';
import type { Snapshot } from '../data/snapshot';
import type { SeverityTotal } from '../data/totals';
import { urgencyLevel } from '../data/urgency';
import { type View, viewHref } from '../view';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { visible } from './text';
import { changesText, statusText, windowWords } from './words';

/** The total of a severity, or of all. */
interface Total extends Change {
  readonly severity?: string;
}

/** The first tile leads to all severities; each of the others adds its severity to those chosen, or takes it away. */
export function severityTiles({ severities, total }: Snapshot, view: View): MarkupElement {
  const isAll = severities.every(({ isShown }) => isShown);
  const all: MarkupElement = ['span', { class: 'severity' }, 'all'];
  const { predicted } = windowWords(view);
  const tiles = severities.map((each) => {
    const { severity } = each;
    const isChosen = view.severities.includes(severity);
    const others = view.severities.filter((chosen) => chosen !== severity);
    const href = viewHref({ ...view, severities: isChosen ? others : [...others, severity] });
    // The colour is a warning, so a severity without log calls has none.
    const label: MarkupElement =
      each.count > 0 ? severityLabel(severity) : ['span', { class: 'severity' }, visible(severity)];
    return tile(label, href, each, changes(each, predicted), !isAll && each.isShown);
  });
  const tileForAll = tile(all, viewHref({ ...view, severities: [] }), total, factor(total, predicted), isAll);
  return ['nav', { id: 'severities', 'aria-label': 'Severities' }, tileForAll, ...tiles];
}

/** Only the usual severities have colours. */
export function severityLabel(severity: string): MarkupElement {
  const known = GRAVEST_FIRST.includes(severity);
  return ['span', { class: known ? `severity ${severity}` : 'severity' }, visible(severity)];
}

/** What became of a total: in words and, if it surges, in the colour of its severity. */
export function totalChange({ severity = '', status, score }: Total, predicted: string): MarkupElement {
  const level = status === 'surging' ? ` level-${urgencyLevel(severity, status)}` : '';
  const factor = factorText(score ?? 0);
  const text = isNotable(status) ? statusText(status, score) : factor;
  const unseen: Markup = ['span', { class: 'unseen' }, ` ${predicted}`];
  return ['span', { class: `times${level}`, title: `${factor} ${predicted}` }, text, unseen];
}

/** New and returned messages, and whether the total surges. If all of it is new, the new messages say so already. */
function changes(severity: SeverityTotal, predicted: string): Markup[] {
  const { changeCounts, status } = severity;
  const level = `times level-${urgencyLevel(severity.severity, 'new')}`;
  const news = changesText(changeCounts, ['new', 'returned']);
  if (news === '') return factor(severity, predicted);
  return [['span', { class: level }, news], ...(status === 'new' ? [] : factor(severity, predicted))];
}

function factor(total: Total, predicted: string): Markup[] {
  const { count, previous, status, score } = total;
  if (score === null || count + previous === 0) return [];
  if (status === 'new') return [['span', { class: 'times' }, 'none before']];
  return [totalChange(total, predicted)];
}

function tile(
  label: MarkupElement,
  href: string,
  { count }: Change,
  more: readonly Markup[],
  isCurrent: boolean,
): MarkupElement {
  const attributes = { class: 'tile', href, 'aria-current': isCurrent ? 'true' : undefined };
  return ['a', attributes, label, ['b', {}, formatNumber(count)], ...more];
}
