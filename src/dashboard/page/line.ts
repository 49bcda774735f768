/** Shows a line: its message, its metadata as chips, and what unfolds. */

import { parseText, parseWhole } from '../../line-format';
import type { ShownLine } from '../data/lines';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { shorten, textElement, visible } from './text';

/** Fields that have a chip, and the longest text of one, in UTF-16 units. */
const MAX_CHIPS = 4;
const MAX_CHIP = 32;

/** @param isOpen - whether its stack is shown at once */
export function lineElement(
  { message, stack, isPlain }: Pick<ShownLine, 'message' | 'stack' | 'isPlain'>,
  href: string,
  isOpen = false,
): MarkupElement {
  const { text, metadata } = isPlain ? { text: message, metadata: {} } : splitLine(message);
  const fields = Object.entries(metadata);
  const more: Markup[] = [];
  if (stack !== null) more.push(block('stack', stack, href));
  if (fields.length > 0) more.push(block('metadata', JSON.stringify(metadata, null, 2), href));
  const beside = fields.length > 0 ? chips(fields) : [];
  return textElement(text, { href, beside, isOpen, ...(more.length > 0 && { more: ['div', {}, ...more] as const }) });
}

/** A line of which a format wrote all as JSON has no text before it. */
function splitLine(message: string): { text: string; metadata: Readonly<Record<string, unknown>> } {
  const whole = parseWhole(message);
  const { message: text, ...metadata } = parseText(message);
  if (whole || typeof text !== 'string') return { text: message, metadata: {} };
  return { text, metadata };
}

function chips(fields: readonly [string, unknown][]): Markup[] {
  const shown = fields.slice(0, MAX_CHIPS).map(([name, value]): Markup => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return ['span', { class: 'chip' }, ['span', { class: 'field' }, chipText(name)], ` ${chipText(text)}`];
  });
  const rest = fields.length - shown.length;
  return rest > 0 ? [...shown, ['span', { class: 'chip' }, `+${formatNumber(rest)}`]] : shown;
}

function chipText(text: string): string {
  return visible(shorten(text, MAX_CHIP).replace(/\s+/g, ' '));
}

function block(kind: string, text: string, href: string): Markup {
  return ['div', { class: kind }, textElement(text, { href, isBlock: true })];
}
