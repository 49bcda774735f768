/** Makes hashes that stand for texts of the log where these would be too long, or may not stand. */

import { createHash } from 'node:crypto';

/** 22 letters, digits, `-` and `_`: 132 bits of the hash of some texts. */
export function hashTexts(...texts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url').slice(0, 22);
}
