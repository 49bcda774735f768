/** The key of a text by the rules alone: which line, what may be in it, then its values one kind after another. */

import { HAS } from './has';
import { MAX_BYTES, takeLine, truncateAtBlank } from './line';
import { scan } from './scan';
import { nameSpans } from './spans';
import { tidy } from './tidy';
import { nameTokens } from './tokens';

/** The rules settle in two passes, but for odd texts. */
const MAX_PASSES = 5;
const { digit, mark, equals, repeat, random, control, nonAscii, placeholder } = HAS;
/** A line that holds no more than this has a key that changes no more, if no digit is left in it. */
const SETTLES = digit | mark | equals | repeat | random;
const DIGIT = /\d/;
/** So much of the end of a key is read again after the key was cut, in characters. */
const TAIL = 256;
/** A key that holds no more than this changes no more. */
const IS_SETTLED = mark | equals | repeat | random | placeholder;
/** The first character that is neither a blank nor a control character. */
const FIRST_VISIBLE = 33;

/**
 * The key of a text.
 *
 * @param prepare - changes the line before the rules see it
 */
export function toKey(text: string, prepare?: (line: string) => string): string {
  const has = text.length > MAX_BYTES ? control : scan(text);
  const isLine = !(has & (control | nonAscii));
  if (isLine && !prepare && isTrimmed(text)) return nameLine(text, has);
  const line = isLine ? text.trim() : takeLine(text);
  return nameLine(prepare ? takeLine(prepare(line)) : line);
}

function isTrimmed(text: string): boolean {
  return !(text.charCodeAt(0) < FIRST_VISIBLE) && !(text.charCodeAt(text.length - 1) < FIRST_VISIBLE);
}

/** What one rule leaves another may name, so they are applied until nothing changes: the key of a key is the key itself. */
function nameLine(line: string, first = scan(line)): string {
  let key = line;
  let has = first & ~control;
  for (let pass = 0; pass < MAX_PASSES && has !== 0; pass++) {
    const whole = applyAll(key, has);
    const named = truncateAtBlank(whole);
    if (named === key) break;
    key = named;
    const isCut = named.length < whole.length;
    if (!(has & ~SETTLES) && !DIGIT.test(key) && !(isCut && changesAtEnd(key))) break;
    const left = scan(key) & ~control;
    if (!(left & ~IS_SETTLED) && !isCut) break;
    has = left | (isCut ? mark : 0);
  }
  return key;
}

function applyAll(line: string, has: number): string {
  return tidy(nameTokens(nameSpans(line, has), has), has);
}

/** Whether the rules change the end of a key: what ends it may be another value than it was before the key was cut. */
function changesAtEnd(key: string): boolean {
  const end = key.slice(key.indexOf(' ', key.length - TAIL) + 1);
  return end.length > 2 * TAIL || applyAll(end, scan(end) | mark) !== end;
}
