import { escapeCharacters, INVISIBLE } from '../../visible';
import type { Markup, MarkupElement } from './markup';

/** Of a longer text, or one of several lines, the beginning is shown; in UTF-16 units. */
const HEAD = 200;
/** What is shown of a text when it is opened. This package writes none of more than 8 KB. */
const BODY = 4000;
/** Parts of one text that are marked. In a text with more, the others look like its characters. */
const MAX_MARKS = 50;

/** Tabs and line feeds lay out a text. */
const UNSAFE = `(?:(?![\\t\\n])${INVISIBLE})+`;
const UNSAFE_RUN = new RegExp(UNSAFE, 'gu');
/** The placeholders of `parameterize`, and of others. */
export const PLACEHOLDER = '<[a-z]{1,20}>';
const UNSAFE_OR_PLACEHOLDER = new RegExp(`${UNSAFE}|${PLACEHOLDER}`, 'gu');

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const NUMBER = new Intl.NumberFormat('en-US');

/** How a text is shown. */
export interface TextOptions {
  /** Whether its placeholders are marked. */
  readonly isKey?: boolean;
  /** Where all of it is to be had, where it is longer than what is shown. */
  readonly href?: string;
  /** What is shown beside it when it is opened; it can be opened, then, however short it is. */
  readonly more?: Markup;
}

/** A text from the log, in which what could not be seen is an escape. A long one begins closed. */
export function textOf(text: string, { isKey = false, href, more }: TextOptions = {}): MarkupElement {
  const line = text.split('\n', 1)[0] as string;
  const head = cut(line, HEAD);
  const isWhole = head === text;
  if (isWhole && !more) return ['span', { class: 'text' }, ...marked(text, isKey)];
  const whole: Markup[] = isWhole ? [] : [['p', { class: 'text whole' }, ...marked(cut(text, BODY), isKey)]];
  if (text.length > BODY && href) {
    whole.push(['p', {}, ['a', { href }, `All ${numberOf(text.length)} characters`]]);
  }
  const beginning: MarkupElement = ['span', { class: 'text head' }, ...marked(head, isKey), isWhole ? '' : ' …'];
  const summary: Markup[] = isWhole ? [beginning] : [beginning, ['span', { class: 'less' }, 'less']];
  return [
    'details',
    { class: isWhole ? undefined : 'long' },
    ['summary', {}, ...summary],
    ...whole,
    ...(more ? [more] : []),
  ];
}

/** A text in which nothing can hide. Lines stay lines. */
export function visible(text: string): string {
  if (/^\s*$/.test(text)) return escapeCharacters(text);
  return text.replace(UNSAFE_RUN, escapeCharacters);
}

/** To the second in UTC, with the day where that is not today; the script makes it local time. */
export function timeOf(time: Date, now: Date): Markup {
  if (Number.isNaN(time.getTime())) return '–';
  const iso = time.toISOString();
  const day = iso.slice(0, 10) === now.toISOString().slice(0, 10) ? '' : `${DAY.format(time)} `;
  return ['time', { datetime: iso, title: `${iso.slice(0, 19).replace('T', ' ')} UTC` }, `${day}${TIME.format(time)}`];
}

export function numberOf(value: number): string {
  return NUMBER.format(value);
}

/** A count that is an expectation, and so a fraction. */
export function expectedOf(value: number): string {
  return value > 0 && value < 1 ? '<1' : numberOf(Math.round(value));
}

/** Neighbouring texts are one, as they are in a page. */
function marked(text: string, isKey: boolean): Markup[] {
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

/** Never in the middle of a character. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const isInside = /[\ud800-\udbff]/.test(text[length - 1] as string);
  return text.slice(0, isInside ? length - 1 : length);
}
