/** Shows texts from the log, so that nothing in them stays invisible and long ones can be opened. */

import { PLACEHOLDER } from '../../record/parameterize';
import { escapeCharacters, INVISIBLE } from '../../visible';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';

/** Longest text that is shown whole, in UTF-16 units. Of a longer one, or one of several lines, the beginning is shown. */
const HEAD = 200;
/** Longest part shown of an opened text. This package writes no line over 8 KB. */
const BODY = 4000;
/** Escapes and placeholders that are marked in one text; any others look like the rest of it. */
const MAX_MARKS = 50;

/** Tabs and line feeds stay as they are, since they lay out a text. */
const UNSAFE = `(?:(?![\\t\\n])${INVISIBLE})+`;
const UNSAFE_RUN = new RegExp(UNSAFE, 'gu');
const UNSAFE_OR_PLACEHOLDER = new RegExp(`${UNSAFE}|${PLACEHOLDER}`, 'gu');

export interface TextOptions {
  /** Whether its placeholders are marked. */
  readonly isKey?: boolean;
  /** A link to the whole text, for one that is too long to be shown whole. */
  readonly href?: string;
  /** Shown after its beginning, whether it is open or not. */
  readonly beside?: readonly Markup[];
  /** Shown below the text when it is opened. With it even a short text can be opened. */
  readonly more?: Markup;
  /** Whether it is open at first. */
  readonly isOpen?: boolean;
  /** Whether it is shown with all its lines, and cannot be closed. */
  readonly isBlock?: boolean;
}

/** An element for a text from the log, with escapes for characters that cannot be seen. A long one is closed at first. */
export function textElement(text: string, options: TextOptions = {}): MarkupElement {
  const { isKey = false, beside = [], more, isOpen = false, isBlock = false } = options;
  const line = text.split('\n', 1)[0] as string;
  const head = beginning(line, HEAD);
  const isWhole = head === text;
  if (isBlock) return ['div', {}, ...wholeText(text, options)];
  if (isWhole && !more) return ['span', { class: 'text' }, ...markText(text, isKey)];
  const whole: Markup[] = isWhole ? [] : wholeText(text, options);
  const first: MarkupElement = ['span', { class: 'text head' }, ...markText(head, isKey), isWhole ? '' : ' …'];
  const less: Markup[] = isWhole ? [] : [['span', { class: 'less' }, 'less']];
  const summary: Markup[] = [first, ...less, ...(beside.length > 0 ? [' ', ...beside] : [])];
  return [
    'details',
    { class: isWhole ? undefined : 'long', open: isOpen || undefined },
    ['summary', {}, ...summary],
    ...whole,
    ...(more ? [more] : []),
  ];
}

function wholeText(text: string, { isKey = false, href }: TextOptions): Markup[] {
  const whole: Markup[] = [['p', { class: 'text whole' }, ...markText(beginning(text, BODY), isKey)]];
  if (text.length > BODY && href) {
    whole.push(['p', {}, ['a', { href }, `All ${formatNumber(text.length)} characters`]]);
  }
  return whole;
}

/** The text with escapes for characters that cannot be seen, or all of it escaped if it is blank. Lines stay lines. */
export function visible(text: string): string {
  if (/^\s*$/.test(text)) return escapeCharacters(text);
  return text.replace(UNSAFE_RUN, escapeCharacters);
}

/** Texts beside each other are joined, since a browser joins them when it parses the page. */
function markText(text: string, isKey: boolean): Markup[] {
  if (/^\s*$/.test(text)) return [visible(text)];
  const parts: Markup[] = [];
  let plain = '';
  let end = 0;
  for (const { 0: match, index } of text.matchAll(isKey ? UNSAFE_OR_PLACEHOLDER : UNSAFE_RUN)) {
    const isPlaceholder = match.startsWith('<');
    const shown = isPlaceholder ? match : escapeCharacters(match);
    plain += text.slice(end, index);
    end = index + match.length;
    if (parts.length >= 2 * MAX_MARKS) {
      plain += shown;
      continue;
    }
    if (plain !== '') parts.push(plain);
    parts.push(['span', { class: isPlaceholder ? 'placeholder' : 'escape' }, shown]);
    plain = '';
  }
  plain += text.slice(end);
  return plain === '' ? parts : [...parts, plain];
}

/** A text of at most so many UTF-16 units, with an ellipsis if it was longer. */
export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;
}

/** The beginning of a text, not cut inside a character. */
function beginning(text: string, length: number): string {
  if (text.length <= length) return text;
  const isInside = /[\ud800-\udbff]/.test(text[length - 1] as string);
  return text.slice(0, isInside ? length - 1 : length);
}
