/** The key of a text by the rules alone: which line, what may be in it, then its values one kind after another. */

import { MAX_BYTES, takeLine, truncateAtBlank } from './line';
import { HAS, scan } from './scan';
import { nameSpans } from './spans';
import { tidy } from './tidy';
import { nameTokens } from './tokens';

/** The rules settle in two passes, but for odd texts. */
const MAX_PASSES = 5;
const { mark, equals, repeat, random, control, nonAscii, placeholder } = HAS;
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
  const isLine = !(has & (control | nonAscii)) && isTrimmed(text);
  if (isLine && !prepare) return nameLine(text, has);
  const line = isLine ? text : takeLine(text);
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
    const whole = tidy(nameTokens(nameSpans(key, has), has), has);
    const named = truncateAtBlank(whole);
    if (named === key) break;
    key = named;
    // What ends a key may be another value than it was before it was cut.
    const isCut = named.length < whole.length;
    const left = scan(key) & ~control;
    if (!(left & ~IS_SETTLED) && !isCut) break;
    has = left | (isCut ? mark : 0);
  }
  return key;
}
