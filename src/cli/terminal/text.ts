/** Makes logged text safe to print, and measures and cuts it by terminal columns. */

import { escapeCharacters, INVISIBLE } from '../../visible';
import { WIDE } from './wide';

/** Wraps a text in escape sequences that change its look, not its characters. */
export type Paint = (text: string) => string;

const UNSAFE = new RegExp(INVISIBLE, 'gu');

/**
 * Marks, joiners, and the vowels and finals of Hangul. Not U+FE0F, which makes a character wide, and not the spacing marks of Indic
 * scripts, which most terminals give a column: where they have none, a line ends early, and otherwise it would lose its end.
 */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\u1160-\u11ff\u200c\u200d]$/u;
const REGIONAL_INDICATOR = /^\p{Regional_Indicator}$/u;

/** What may make one sign of several characters. */
const JOINING = /\u200d|\ufe0f|\p{Emoji_Modifier}/u;
/** Several characters that are one emoji: with a joiner, a skin tone or a request for an emoji, or a key. */
const EMOJI_SEQUENCE = /^(?:\p{Extended_Pictographic}.*(?:\u200d|\ufe0f|\p{Emoji_Modifier})|[#*\d]\ufe0f\u20e3)/u;

/** UTF-16 units examined per column: marks take no column, so a text could be endless and still fit. */
const UNITS_PER_COLUMN = 16;

/** Printable ASCII: nothing to escape, one column each. */
const PLAIN = /^[ -~]*$/;

const unchanged: Paint = (text) => text;
/** Made when first needed: that is slow, and most logs never need it. */
let segmenter: Intl.Segmenter | undefined;

/**
 * Makes text from Redis safe to print: characters that a terminal would hide or obey become visible escapes.
 *
 * @param paint - applied to each escape
 */
export function visible(text: string, paint: Paint = unchanged): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, (character) => paint(escapeCharacters(character)));
}

/** One line of JSON, safe to print like {@link visible} and still JSON. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) => escapeCharacters(character).replaceAll('\\x', '\\u00'));
}

/** Columns of a text without control characters. An emoji of several characters takes two, as in Unicode and newer terminals. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  if (!JOINING.test(text)) return sumWidths(text);
  segmenter ??= new Intl.Segmenter();
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += EMOJI_SEQUENCE.test(segment) ? 2 : sumWidths(segment);
  return width;
}

function sumWidths(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** {@link visible} text cut to at most `columns` (at least 1) columns, ending in an ellipsis if cut. */
export function fit(text: string, columns: number, paint: Paint = unchanged): string {
  if (text.length <= columns && PLAIN.test(text)) return text;
  const examined = text.slice(0, columns * UNITS_PER_COLUMN);
  segmenter ??= new Intl.Segmenter();
  const kept: { shown: string; width: number }[] = [];
  let width = 0;
  for (const { segment } of segmenter.segment(examined)) {
    const plain = visible(segment);
    kept.push({ shown: plain === segment ? segment : paint(plain), width: textWidth(plain) });
    width += textWidth(plain);
    if (width > columns) break;
  }
  const isWhole = width <= columns && examined.length === text.length;
  while (!isWhole && width > columns - 1) width -= kept.pop()?.width ?? width;
  return kept.map(({ shown }) => shown).join('') + (isWhole ? '' : '…');
}

/** {@link visible} text in lines of at most `columns` (at least 2) columns, broken anywhere; the last ends in an ellipsis if cut. */
export function wrap(text: string, columns: number, most = 100): string[] {
  if (text.length <= columns && PLAIN.test(text)) return [text];
  segmenter ??= new Intl.Segmenter();
  const lines = [''];
  let width = 0;
  for (const { segment } of segmenter.segment(text.slice(0, most * columns * UNITS_PER_COLUMN))) {
    const shown = visible(segment);
    // Of one sign, escapes may take more than a line.
    for (const part of textWidth(shown) > columns ? shown : [shown]) {
      const more = textWidth(part);
      if (width + more > columns) {
        if (lines.length === most) return [...lines.slice(0, -1), fit(`${lines.at(-1)}${part}`, columns)];
        lines.push('');
        width = 0;
      }
      lines.push(lines.pop() + part);
      width += more;
    }
  }
  return lines;
}

/**
 * Joins texts into lines of at most `columns` columns, breaking between texts. A text longer than a line is cut.
 *
 * @param separator - between two texts; at the end of a line without its trailing blanks, and left out if it does not fit
 */
export function flow(texts: readonly string[], separator: string, columns = Infinity): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const line = lines.pop();
    const longer = `${line}${separator}${text}`;
    const ended = `${line}${separator.trimEnd()}`;
    if (line === undefined) lines.push(fit(text, columns));
    else if (textWidth(longer) <= columns) lines.push(longer);
    else lines.push(textWidth(ended) <= columns ? ended : line, `  ${fit(text, columns - 2)}`);
  }
  return lines;
}

/** Pads a text with blanks to `columns` columns. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/** A number of lines, in words: `1 line`, `2 lines`. */
export function linesText(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}

function characterWidth(character: string): number {
  if (character < '\u0300' || character === '\ufe0f' || REGIONAL_INDICATOR.test(character)) return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
