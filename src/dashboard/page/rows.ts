/** Makes the cells of a message: what became of it, its minutes, when it was seen, and a line of it to unfold. */

import { beganAt, sampleText } from '../../read/message-change';
import type { MessageRow } from '../data/rows';
import { shortHash } from '../data/short-hash';
import { urgencyLevel } from '../data/urgency';
import { dataHref, lineHref, type View, viewHref } from '../view';
import { sparkline } from './drawing';
import { lineElement } from './line';
import type { Markup, MarkupElement } from './markup';
import { formatCount, formatNumber } from './number';
import { cell } from './table';
import { textElement } from './text';
import { minuteElement, timeElement } from './time';
import { statusText } from './words';

/** The class of the row of a change, whose colour says how urgent it is. */
export function levelClass({ severity, status }: Pick<MessageRow, 'severity' | 'status'>): string {
  return `level-${urgencyLevel(severity, status)}`;
}

/** The word says it; the arrow and the colour repeat it. */
export function badge({ status, score }: Pick<MessageRow, 'status' | 'score'>): MarkupElement {
  return ['span', { class: `badge ${status}` }, statusText(status, score)];
}

/** Since when it is new, to the second, or surging, to the minute; nothing if that is not known. */
export function sinceText(row: Pick<MessageRow, 'status' | 'firstSeen' | 'surgingSince'>, now: Date): Markup[] {
  const time = beganAt(row);
  if (!time) return [];
  return [' since ', row.status === 'new' ? timeElement(time, now) : minuteElement(time, now)];
}

/** What became of it, with the minute in which a surge began: when a new one began stands in a cell of its own. */
export function statusCell(row: MessageRow, now: Date): MarkupElement {
  const since: Markup[] = row.surgingSince ? [['span', { class: 'since' }, ...sinceText(row, now)]] : [];
  return cell('status', badge(row), ...since);
}

/** A link to the page of a message. Its key stays the same while other messages come. */
export function messageHref(view: View, severity: string, key: string): string {
  return viewHref({ ...view, filter: '', hasAllLines: false, message: { severity, key } });
}

export function rowKey({ severity, key }: Pick<MessageRow, 'severity' | 'key'>): string {
  return shortHash(severity, key);
}

export function sparkCell({ minutes }: MessageRow): MarkupElement {
  return cell('spark', sparkline(minutes));
}

/** When it was first and last seen. */
export function seenCell({ firstSeen, lastSeen }: MessageRow, now: Date): MarkupElement {
  const times = [firstSeen, lastSeen].map((time) => (time ? minuteElement(time, now) : '?'));
  return cell('seen', times[0] as Markup, ' – ', times[1] as Markup);
}

/** The message, which unfolds to a line of it, its variants and a link to its own page. */
export function messageCell(row: MessageRow, view: View, now: Date): MarkupElement {
  const more: Markup = [
    'div',
    { class: 'sample' },
    ...sample(row, view, now),
    ...variantList(row),
    ['p', {}, ['a', { href: messageHref(view, row.severity, row.key) }, 'All about this message']],
  ];
  return cell('message', textElement(row.message, { isKey: true, href: dataHref(view), more }));
}

/** The messages behind a pattern; none if it is a message. */
export function variantList({ message, variants = [], variantCount = 1 }: MessageRow): MarkupElement[] {
  if (variants.length === 0 || (variantCount === 1 && variants[0]?.message === message)) return [];
  const items = variants.map((variant): Markup => {
    return ['li', {}, ['b', {}, formatNumber(variant.count)], ' ', textElement(variant.message)];
  });
  const rest = variantCount - variants.length;
  const more: Markup[] = rest > 0 ? [['li', {}, `and ${formatNumber(rest)} more`]] : [];
  const summary: Markup = ['summary', {}, formatCount(variantCount, 'variant')];
  return [['details', { class: 'variants' }, summary, ['ul', {}, ...items, ...more]]];
}

/** A line of the message with its stack. */
export function sample(row: MessageRow, view: View, now: Date): MarkupElement[] {
  const { sample: line } = row;
  if (!line) return [['p', { class: 'when' }, 'No line of this message is among the latest.']];
  const time = timeElement(new Date(line.time ?? Number.NaN), now);
  const href = line.key === null ? dataHref(view) : lineHref(view, line.key);
  return [
    ['p', { class: 'when' }, line.isNewest ? 'Newest line: ' : `Kept line, ${sampleText(row)}: `, time],
    lineElement({ ...line, isPlain: false }, href, true),
  ];
}

export function countCell(kind: string, count: number): MarkupElement {
  return cell(`number ${kind}`, formatNumber(count));
}
