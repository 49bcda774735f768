import { escapeCharacters, INVISIBLE } from '../../visible';

/** Changes how a text looks in a terminal, and not its characters. */
export type Paint = (text: string) => string;

const UNSAFE = new RegExp(INVISIBLE, 'gu');

/** Marks, joiners, and the vowels and finals of Hangul. Not U+FE0F, which makes a sign wide. */
const ZERO_WIDTH = /^[\p{M}\u1160-\u11ff\u200c\u200d]$/u;
const WIDE =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;
const REGIONAL_INDICATOR = /^\p{Regional_Indicator}$/u;

/** UTF-16 units of a text that are looked at for each column that it may fill: marks take none, however many. */
const UNITS_PER_COLUMN = 16;

/** What has neither escapes nor characters that take anything but one column. */
const PLAIN = /^[ -~]*$/;

const unchanged: Paint = (text) => text;
/** It takes long to make, and most logs do without. */
let segmenter: Intl.Segmenter | undefined;

/**
 * A text that comes from Redis, as a terminal may be sent it: what could not be seen, or would be obeyed, shows as escapes.
 *
 * @param paint - is given each escape
 */
export function visible(text: string, paint: Paint = unchanged): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, (character) => paint(escapeCharacters(character)));
}

/** One line of JSON, of which the same holds. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) => escapeCharacters(character).replaceAll('\\x', '\\u00'));
}

/** Columns that a text takes, without control characters; where terminals differ, the most. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

/** A text as {@link visible} gives it, cut to so many columns, at least 1, with an ellipsis where something is left out. */
export function fit(text: string, columns: number, paint: Paint = unchanged): string {
  if (text.length <= columns && PLAIN.test(text)) return text;
  const looked = text.slice(0, columns * UNITS_PER_COLUMN);
  segmenter ??= new Intl.Segmenter();
  const kept: { shown: string; width: number }[] = [];
  let width = 0;
  for (const { segment } of segmenter.segment(looked)) {
    const plain = visible(segment);
    kept.push({ shown: plain === segment ? segment : paint(plain), width: widthOf(plain) });
    width += widthOf(plain);
    if (width > columns) break;
  }
  const isWhole = width <= columns && looked.length === text.length;
  while (!isWhole && width > columns - 1) width -= kept.pop()?.width ?? width;
  return kept.map(({ shown }) => shown).join('') + (isWhole ? '' : '…');
}

/**
 * Texts one after the other, in lines of so many columns; one that is longer than a line is cut.
 *
 * @param separator - stands between them, and at the end of a line, without its blanks, where there is room
 */
export function flow(texts: readonly string[], separator: string, columns = Infinity): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const line = lines.pop();
    const longer = `${line}${separator}${text}`;
    const ended = `${line}${separator.trimEnd()}`;
    if (line === undefined) lines.push(fit(text, columns));
    else if (widthOf(longer) <= columns) lines.push(longer);
    else lines.push(widthOf(ended) <= columns ? ended : line, `  ${fit(text, columns - 2)}`);
  }
  return lines;
}

/** A text with blanks after it up to so many columns. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

function widthOfCharacter(character: string): number {
  if (character < '\u0300' || character === '\ufe0f' || REGIONAL_INDICATOR.test(character)) return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
