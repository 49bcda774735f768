/** Tells which characters of a log could deceive the eye or a terminal, and escapes them for both viewers. */

/** A joiner or variation selector that belongs to the character before it. No Latin letter has one. */
const BOUND =
  '(?<=[\\p{L}\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}])(?<!\\p{Script=Latin})[\\u200c\\u200d\\ufe0e\\ufe0f]|(?<=[#*0-9])\\ufe0f\\u20e3';

/**
 * One character that is invisible, ends a line, changes the order of text around it or controls a terminal, or half of a
 * surrogate pair; as the source of a regular expression with the flag `u`.
 */
export const INVISIBLE = `(?!${BOUND})[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800]`;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes characters as JavaScript does: characters below 256 that have no short escape as `\xHH`. */
export function escapeCharacters(characters: string): string {
  let escapes = '';
  for (let i = 0; i < characters.length; i++) {
    const unit = characters[i] as string;
    const code = unit.charCodeAt(0);
    escapes += SHORT[unit] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  }
  return escapes;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
