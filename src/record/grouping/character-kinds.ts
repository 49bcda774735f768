/** What a token is made of, as bits. */

export const DIGIT = 1;
export const LOWER = 2;
export const DOT = 4;
export const SLASH = 8;
export const COLON = 16;
export const DASH = 32;
export const AT = 64;
export const EQUALS = 128;
export const NON_ASCII = 256;
/** A placeholder. */
export const NAMED = 512;
export const OTHER = 1024;
export const UPPER = 2048;
/** Ends a token. */
export const DELIMITER = 4096;
export const UNDERSCORE = 8192;
export const LETTER = LOWER | UPPER;

const KINDS = new Uint16Array(128).fill(OTHER);
function setKind(characters: string, kind: number): void {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}
setKind('0123456789', DIGIT);
setKind('abcdefghijklmnopqrstuvwxyz', LOWER);
setKind('ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER);
setKind('.', DOT);
setKind('/\\', SLASH);
setKind(':', COLON);
setKind('-', DASH);
setKind('_', UNDERSCORE);
setKind('@', AT);
setKind('=', EQUALS);
setKind(' "\'`<>()[]{},;|', DELIMITER);

/** The kind of a character. */
export function findKind(code: number): number {
  return code < 128 ? (KINDS[code] as number) : NON_ASCII;
}

/** The kinds of all characters of a text. */
export function readKinds(text: string): number {
  let kinds = 0;
  for (let i = 0; i < text.length; i++) kinds |= findKind(text.charCodeAt(i));
  return kinds;
}
