/** Formats the metadata of a log call: all that was logged beside level, message and timestamp. */

import { errorMessage } from '../errors';
import { toText } from './text';

/** A log call, of which metadata is read by its string keys. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a field of a log call is metadata. */
export function isMetadata(key: string): boolean {
  return key !== 'level' && key !== 'message' && key !== 'timestamp';
}

export function hasMetadata(info: Fields): boolean {
  for (const key in info) {
    if (isMetadata(key)) return true;
  }
  return false;
}

/** The metadata of a log call as JSON. Never throws. */
export function formatMetadata(info: Fields): string {
  try {
    return formatFields(Object.keys(info), Object.values(info));
  } catch (error) {
    return `[unreadable metadata: ${errorMessage(error)}]`;
  }
}

/** The metadata among these fields as JSON. */
export function formatFields(keys: readonly string[], values: readonly unknown[]): string {
  const entries = keys.map((key, i) => [key, values[i]] as const);
  return toText(Object.fromEntries(entries.filter(([key]) => isMetadata(key))));
}
