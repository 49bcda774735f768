/** Makes the tiles of the severities, each with its total and a link that shows or hides it. */

import { type Change, factorText } from '../../read/surge';
import { GRAVEST_FIRST } from '../../severity';
import type { Snapshot } from '../data/snapshot';
import type { SeverityTotal } from '../data/totals';
import { urgencyLevel } from '../data/urgency';
import { type View, viewHref } from '../view';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { visible } from './text';
import { windowWords } from './words';

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
    return tile(label, href, each, news(each) ?? factor(each, predicted), !isAll && each.isShown);
  });
  const tileForAll = tile(all, viewHref({ ...view, severities: [] }), total, factor(total, predicted), isAll);
  return ['nav', { id: 'severities', 'aria-label': 'Severities' }, tileForAll, ...tiles];
}

/** Only the usual severities have colours. */
export function severityLabel(severity: string): MarkupElement {
  const known = GRAVEST_FIRST.includes(severity);
  return ['span', { class: known ? `severity ${severity}` : 'severity' }, visible(severity)];
}

/** New messages say more than a factor: two new critical ones among none are no surge. */
function news({ severity, changeCounts }: SeverityTotal): Markup[] | undefined {
  if (changeCounts.new === 0) return undefined;
  return [['span', { class: `times level-${urgencyLevel(severity, 'new')}` }, `${formatNumber(changeCounts.new)} new`]];
}

function factor({ count, previous, score }: Change, predicted: string): Markup[] {
  if (score === null || count + previous === 0) return [];
  const arrow = score >= 1 ? '▲ ' : score <= -1 ? '▼ ' : '';
  const unseen: Markup = ['span', { class: 'unseen' }, ` ${predicted}`];
  const title = `${factorText(score)} ${predicted}`;
  return [['span', { class: 'times', title }, `${arrow}${factorText(score)}`, unseen]];
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
