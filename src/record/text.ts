/** Truncates texts by their size in UTF-8, and takes colours and alignment off them. */

import { stripVTControlCharacters } from 'node:util';

/** Stands for what was left out. */
export const ELLIPSIS = '…';
const ELLIPSIS_BYTES = Buffer.byteLength(ELLIPSIS);
/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * A text of at most `maxBytes` bytes of UTF-8: truncated between two characters, with an ellipsis. A truncated text is a copy:
 * unlike a slice, it does not keep the long original in memory.
 */
export function truncate(text: string, maxBytes: number): string {
  if (text.length * MAX_BYTES_PER_UNIT <= maxBytes) return text;
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.allocUnsafe(maxBytes - ELLIPSIS_BYTES);
  return bytes.toString('utf8', 0, bytes.write(text)) + ELLIPSIS;
}

/** Truncates only if the number of characters alone is too large, so that a log call does not have to count bytes. */
export function truncateEarly(text: string, maxBytes: number): string {
  return text.length > maxBytes ? truncate(text, maxBytes) : text;
}

/** A message without the colours of `colorize()` and the blanks that `align()`, `padLevels()` and `cli()` put before it. */
export function cleanText(text: string): string {
  const plain = text.includes('\u001b') || text.includes('\u009b') ? stripVTControlCharacters(text) : text;
  return plain.startsWith(' ') || plain.startsWith('\t') ? plain.replace(/^[ \t]+/, '') : plain;
}

/** A copy of a text that an application may have cut out of a longer one: such a part keeps the whole long text in memory. */
export function detach(text: string): string {
  return ` ${text}`.slice(1);
}
