/** Reads tokens, and what they are made of: a few bits tell which expressions need not be tried. */

import { CHARACTERS } from './code-at';

/** What a token is made of, as bits. Taken apart where they are used: a constant of another module is looked up each time. */
export const KIND = {
  digit: 1,
  small: 2,
  dot: 4,
  slash: 8,
  colon: 16,
  dash: 32,
  at: 64,
  equals: 128,
  nonAscii: 256,
  /** A placeholder. */
  named: 512,
  other: 1024,
  capital: 2048,
  /** Ends a token. */
  delimiter: 4096,
  underscore: 8192,
  star: 16_384,
} as const;

const { nonAscii, named, delimiter } = KIND;
const LESS_THAN = 60;

const KINDS = new Uint16Array(128).fill(KIND.other);
for (const [characters, kind] of [
  ['0123456789', KIND.digit],
  ['abcdefghijklmnopqrstuvwxyz', KIND.small],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', KIND.capital],
  ['.', KIND.dot],
  ['/\\', KIND.slash],
  [':', KIND.colon],
  ['-', KIND.dash],
  ['_', KIND.underscore],
  ['@', KIND.at],
  ['=', KIND.equals],
  ['*', KIND.star],
  [' "\'`<>()[]{},;|', KIND.delimiter],
] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}

/** A placeholder in a key, as the source of a regular expression. */
export const PLACEHOLDER = '<[a-z]+>';
const PLACEHOLDER_HERE = new RegExp(PLACEHOLDER, 'y');

const { codeAt } = CHARACTERS;

/** The end of the token that starts here, in the upper half, and the kinds of its characters, in the lower half. */
export function readToken(line: string, start: number): number {
  let kinds = 0;
  let i = start;
  const { length } = line;
  while (i < length) {
    const code = codeAt.call(line, i);
    const kind = code < 128 ? (KINDS[code] as number) : nonAscii;
    if (kind & delimiter) {
      if (code !== LESS_THAN || !isPlaceholder(line, i)) break;
      kinds |= named;
      i = PLACEHOLDER_HERE.lastIndex;
    } else {
      kinds |= kind;
      i++;
    }
  }
  return (i << 16) | kinds;
}

/** Whether a placeholder begins here; it ends at the expression's `lastIndex`. */
function isPlaceholder(line: string, i: number): boolean {
  PLACEHOLDER_HERE.lastIndex = i;
  return PLACEHOLDER_HERE.test(line);
}

/** The kinds of all characters of a text. */
export function readKinds(text: string): number {
  let kinds = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    kinds |= code < 128 ? (KINDS[code] as number) : nonAscii;
  }
  return kinds;
}
