/** Random characters of every kind, for texts of fast-check. */

import { integer } from 'fast-check';

/** The code points that UTF-8 has not: the first, and how many. */
const [FIRST_SURROGATE, SURROGATES] = [0xd800, 0x800];

/** Any character that UTF-8 has. fast-check makes a table of all of them for its own `unit: 'binary'`, which takes a second. */
export const anyCharacter = integer({ min: 0, max: 0x10ffff - SURROGATES }).map((code) =>
  String.fromCodePoint(code < FIRST_SURROGATE ? code : code + SURROGATES),
);
