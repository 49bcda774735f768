/** A joiner, or a variation selector, that is a part of the character before it. No letter of Latin has any. */
const BOUND =
  '(?<=[\\p{L}\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}])(?<!\\p{Script=Latin})[\\u200c\\u200d\\ufe0e\\ufe0f]|(?<=[#*0-9])\\ufe0f\\u20e3';

/**
 * One character that shows nothing, ends a line, changes the order of what is around it or is obeyed by terminals; or half
 * of one.
 */
export const INVISIBLE = `(?!${BOUND})[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800]`;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Such characters as JavaScript and JSON write them; those that are no more than a byte as `\xHH`. */
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
