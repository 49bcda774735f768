/** Makes short hashes that stand for texts from the log in attributes and addresses. */

import { createHash } from 'node:crypto';

/** Twelve letters, digits, `-` and `_`: 72 bits of the hash. */
export function shortHash(...parts: readonly string[]): string {
  return createHash('sha1').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}
