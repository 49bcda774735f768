/** Makes the start page: a card of each logger, the most surprising first. */

import { mapInSlices } from '../../read/slices';
import type { LoggerCard, Overview, TellingChange } from '../data/overview';
import { shortHash } from '../data/short-hash';
import { loggerHref, type View } from '../view';
import { sparkline } from './drawing';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { levelClass, messageHref, sinceText } from './rows';
import { severityLabel, totalChange } from './severities';
import { shorten, visible } from './text';
import { changesText, statusText, windowWords } from './words';

/** Of the most telling message so much is shown, in UTF-16 units. */
const MAX_TELLING = 120;

export async function cardsPanel({ cards }: Overview, view: View, now: Date): Promise<MarkupElement> {
  const items = await mapInSlices(cards, (card) => cardItem(card, view, now));
  return ['ul', { id: 'cards' }, ...items];
}

/** The loggers without cards. */
export function othersPanel({ others, matching, cards }: Overview, view: View): MarkupElement {
  if (others.length === 0) return ['section', { id: 'others' }];
  const items = others.map(({ name, count }): Markup => {
    const link: Markup = ['a', { class: 'name', href: loggerHref(view, name) }, visible(name)];
    return ['li', { 'data-key': shortHash(name) }, link, ' ', ['b', {}, formatNumber(count)]];
  });
  const rest = matching - cards.length - others.length;
  const more: Markup[] =
    rest > 0 ? [['p', { class: 'note' }, `and ${formatNumber(rest)} more: filter them by their names`]] : [];
  return [
    'section',
    { id: 'others' },
    ['h2', {}, 'Others, with their log calls this hour'],
    ['ul', {}, ...items],
    ...more,
  ];
}

function cardItem({ telling, urgent, ...card }: LoggerCard, view: View, now: Date): MarkupElement {
  const level = urgent ? levelClass(urgent) : 'level-quiet';
  const { during, predicted } = windowWords(view);
  const counts = card.counts.map((each): Markup => {
    const surge: Markup[] = each.status === 'surging' ? [' ', totalChange(each, predicted)] : [];
    return ['li', {}, severityLabel(each.severity), ' ', ['b', {}, formatNumber(each.count)], ...surge];
  });
  const none: Markup[] = counts.length > 0 ? [] : [['li', {}, `nothing ${during}`]];
  return [
    'li',
    { class: `card ${level}`, 'data-key': shortHash(card.name) },
    [
      'h2',
      {},
      ['a', { class: 'name', href: loggerHref(view, card.name), 'data-item': true }, visible(card.name)],
      ['span', { class: 'changed' }, changesText(card.changeCounts)],
    ],
    sparkline(card.minutes, card.graveMinutes),
    ['ul', { class: 'counts', 'aria-label': `Log calls ${during}` }, ...counts, ...none],
    telling
      ? tellingLine(telling, { ...view, name: card.name }, now)
      : ['p', { class: 'telling' }, urgent ? 'no message is new or surging by itself' : 'nothing new or surging'],
  ];
}

function tellingLine(telling: TellingChange, view: View, now: Date): Markup {
  const { severity, status, score, message, count, key } = telling;
  const text = shorten(message.split('\n', 1)[0] as string, MAX_TELLING);
  return [
    'p',
    { class: 'telling' },
    ['span', { class: `badge ${status}` }, `${statusText(status, score)} ${visible(severity)}`],
    ' ',
    ['a', { class: 'text', href: messageHref(view, severity, key) }, visible(text)],
    `, ${formatNumber(count)}`,
    ...sinceText(telling, now),
  ];
}
