/** Makes the tiles of the severities, each with its total and a link. */

import { factorText } from '../../read/surge';
import { GRAVEST_FIRST } from '../../severity';
import type { Snapshot } from '../data/snapshot';
import type { Total } from '../data/totals';
import { type View, viewHref } from '../view';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { visible } from './text';

const PREDICTED = 'what last hour predicts';

/** The first tile leads to all severities, each of the others to one. */
export function severityTiles({ name, severities, total }: Snapshot, view: View): MarkupElement {
  if (name === null) return ['div', { id: 'severities' }];
  const isAll = severities.every(({ isShown }) => isShown);
  const all: MarkupElement = ['span', { class: 'severity' }, 'all'];
  const tiles = severities.map((each) => {
    const href = viewHref({ ...view, severities: [each.severity] });
    // The colour is a warning, so a severity without log calls has none.
    const label: MarkupElement =
      each.count > 0 ? severityLabel(each.severity) : ['span', { class: 'severity' }, visible(each.severity)];
    return tile(label, href, each, !isAll && each.isShown);
  });
  const tileForAll = tile(all, viewHref({ ...view, severities: [] }), total, isAll);
  return ['nav', { id: 'severities', 'aria-label': 'Severities' }, tileForAll, ...tiles];
}

/** Only the usual severities have colours. */
export function severityLabel(severity: string): MarkupElement {
  const known = GRAVEST_FIRST.includes(severity);
  return ['span', { class: known ? `severity ${severity}` : 'severity' }, visible(severity)];
}

function tile(
  label: MarkupElement,
  href: string,
  { count, previous, score }: Total,
  isCurrent: boolean,
): MarkupElement {
  const times: Markup[] = [];
  if (score !== null && count + previous > 0) {
    const arrow = score >= 1 ? '▲ ' : score <= -1 ? '▼ ' : '';
    const unseen: Markup = ['span', { class: 'unseen' }, ` ${PREDICTED}`];
    times.push([
      'span',
      { class: 'times', title: `${factorText(score)} ${PREDICTED}` },
      `${arrow}${factorText(score)}`,
      unseen,
    ]);
  }
  const attributes = { class: 'tile', href, 'aria-current': isCurrent ? 'true' : undefined };
  return ['a', attributes, label, ['b', {}, formatNumber(count)], ...times];
}
