/** Makes a text of any logged value, and truncates texts by their size in UTF-8. */

import { isNativeError } from 'node:util/types';
import { configure } from 'safe-stable-stringify';

const ELLIPSIS = '…';
const ELLIPSIS_BYTES = Buffer.byteLength(ELLIPSIS);
/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/** The limits bound the cost of one log call: a line has no room for more. */
const stringify = configure({ deterministic: false, maximumBreadth: 1000, maximumDepth: 20 });

/** The text of any value: a string as it is, an object as JSON, an error as its name and message. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || isNativeError(value)) return String(value);
  return stringify(value) ?? typeof value;
}

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
