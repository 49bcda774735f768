/** Tells which fields of a log call are metadata: all but level, message and the time of the call. */

import { readField } from './logged-error';

/** A log call, of which metadata is read by its string keys. */
export type Fields = Readonly<Record<string, unknown>>;

let lastTimestamp = '';
let lastTime = Number.NaN;

/** Whether a field of a log call is metadata. */
export function isMetadata(info: Fields, key: string): boolean {
  switch (key) {
    case 'level':
    case 'message':
      return false;
    case 'timestamp':
      return !isNow(readField(info, 'timestamp'));
    default:
      return true;
  }
}

export function hasMetadata(info: Fields): boolean {
  for (const key in info) {
    if (isMetadata(info, key)) return true;
  }
  return false;
}

/** Whether a timestamp is that of this log call, as `format.timestamp()` writes it: to the second at least. */
function isNow(timestamp: unknown): boolean {
  const second = Math.floor(toTime(timestamp) / 1000);
  return Math.abs(Math.floor(Date.now() / 1000) - second) <= 1;
}

function toTime(timestamp: unknown): number {
  if (typeof timestamp === 'number') return timestamp;
  if (timestamp instanceof Date) return timestamp.getTime();
  if (typeof timestamp !== 'string') return Number.NaN;
  // Busy loggers log several lines in a millisecond.
  if (timestamp !== lastTimestamp) {
    lastTime = Date.parse(timestamp);
    lastTimestamp = timestamp;
  }
  return lastTime;
}
