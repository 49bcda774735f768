import { isNativeError } from 'node:util/types';
import { configure } from 'safe-stable-stringify';

const ELLIPSIS = '…';
const ELLIPSIS_BYTES = Buffer.byteLength(ELLIPSIS);
/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/** Bounds what one log call can cost: a line has no room for more. */
const stringify = configure({ deterministic: false, maximumBreadth: 1000, maximumDepth: 20 });

/** A text for whatever was logged. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || isNativeError(value)) return String(value);
  return stringify(value) ?? typeof value;
}

/**
 * A text of at most `maxBytes` bytes of UTF-8: cut between characters, marked with an ellipsis. The result is a copy, so
 * that it does not keep the long original in memory, as a slice would.
 */
export function cut(text: string, maxBytes: number): string {
  if (text.length * MAX_BYTES_PER_UNIT <= maxBytes) return text;
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.allocUnsafe(maxBytes - ELLIPSIS_BYTES);
  return bytes.toString('utf8', 0, bytes.write(text)) + ELLIPSIS;
}

/** Cuts at the log call only what is certainly too long: the exact cut is made when a line or a batch is drawn. */
export function shorten(text: string, maxBytes: number): string {
  return text.length > maxBytes ? cut(text, maxBytes) : text;
}
