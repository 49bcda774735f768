import { factorText } from '../../read/surge';
import { GRAVEST_FIRST } from '../../severity';
import { sumsOf } from '../data/ranking';
import { hashOf } from '../data/samples';
import type { Snapshot, Total } from '../data/snapshot';
import { hrefOf, type View } from '../view';
import type { Markup, MarkupElement } from './markup';
import { numberOf, visible } from './text';

const PREDICTED = 'what last hour predicts';

/** The loggers, in a list that opens. Nothing but a link can carry each name as it is. */
export function loggersMenu({ name, loggers, loggerCount }: Snapshot, view: View): MarkupElement {
  if (name === null) return ['div', { id: 'loggers' }];
  const entries = loggers.map(({ name: each, gravest }): MarkupElement => {
    const label: Markup[] = [['span', { class: 'name' }, visible(each)]];
    if (gravest !== null) label.push(['span', { class: `severity ${gravest}` }, gravest]);
    const href = hrefOf({ ...view, name: each, severities: [] });
    return [
      'li',
      { 'data-key': hashOf(each) },
      ['a', { href, 'aria-current': each === name ? 'page' : undefined }, ...label],
    ];
  });
  const unlisted = loggerCount - loggers.length;
  const more: Markup[] = unlisted > 0 ? [['li', {}, `and ${numberOf(unlisted)} that have been quiet for longer`]] : [];
  return [
    'details',
    { id: 'loggers', class: 'menu' },
    ['summary', {}, ['span', { class: 'label' }, 'Logger '], ['b', { class: 'name' }, visible(name)]],
    ['ul', {}, ...entries, ...more],
  ];
}

/** What has changed, in a sentence; it alone is read out when it does. */
export function statusOf(snapshot: Snapshot): MarkupElement {
  return ['p', { id: 'status', role: 'status' }, sentenceOf(snapshot)];
}

/** How much was logged, of how much of the hour. */
export function summaryOf({ name, severities, elapsed }: Snapshot): MarkupElement {
  if (name === null) {
    const hint = 'As soon as a logger writes its first line to this Redis, under this key prefix, it shows here.';
    return ['p', { id: 'summary', class: 'hint' }, hint];
  }
  const { count } = sumsOf(severities.filter(({ isShown }) => isShown));
  const calls = `${numberOf(count)} log ${count === 1 ? 'call' : 'calls'} this hour`;
  const minutes = Math.round(elapsed * 60);
  return ['p', { id: 'summary' }, `${calls} · ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} into it`];
}

/** Each leads to itself alone, the first to all. */
export function severityLinks({ name, severities, total }: Snapshot, view: View): MarkupElement {
  if (name === null) return ['div', { id: 'severities' }];
  const isAll = severities.every(({ isShown }) => isShown);
  const all: MarkupElement = ['span', { class: 'severity' }, 'all'];
  const tiles = severities.map((each) => {
    const href = hrefOf({ ...view, severities: [each.severity] });
    // What was not logged needs no colour.
    const label: MarkupElement =
      each.count > 0 ? severityOf(each.severity) : ['span', { class: 'severity' }, visible(each.severity)];
    return tile(label, href, each, !isAll && each.isShown);
  });
  const tileOfAll = tile(all, hrefOf({ ...view, severities: [] }), total, isAll);
  return ['nav', { id: 'severities', 'aria-label': 'Severities' }, tileOfAll, ...tiles];
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
  return ['a', attributes, label, ['b', {}, numberOf(count)], ...times];
}

/** A severity of one's own has no colour. */
export function severityOf(severity: string): MarkupElement {
  const known = GRAVEST_FIRST.includes(severity);
  return ['span', { class: known ? `severity ${severity}` : 'severity' }, visible(severity)];
}

function sentenceOf({ name, hasBaseline, changeCounts, undecided, total }: Snapshot): string {
  if (name === null) return 'Nothing has been logged yet';
  if (!hasBaseline) return 'First hour: nothing to compare with yet';
  const counts = Object.entries(changeCounts).filter(([, count]) => count > 0);
  if (counts.length > 0) return counts.map(([status, count]) => `${numberOf(count)} ${status}`).join(', ');
  if (undecided === 0) return 'Nothing new, surging or fading';
  return `Too many different messages to tell which changed; all together ${factorText(total.score ?? 0)}`;
}
