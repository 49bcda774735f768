/** Keeps one copy of each long message that comes again, with the hash that V8 has once computed for it. */

import { detach } from '../record/text';

/** In characters. Hashing a new text takes 1.6 µs for a kilobyte; that of a shorter one takes no longer than finding a copy. */
const LONG = 200;
/** Most copies, of a kilobyte at most. A power of two. */
const PLACES = 2048;
/** How many characters at the beginning of a message, and how many in the rest, its checksum is of. */
const SAMPLED = 24;

/**
 * Finds the copy of a message by its length and some of its characters, and compares the two, which takes a tenth of the time of
 * hashing it. Messages that differ only in other characters share a place; those that do not have it are hashed, as all would be.
 */
export class LongMessages {
  /** Made for the first long message: those who log one call at a time would make them for each. */
  #places: Places | undefined;

  /** The copy of a message if it is long and has come before, else the message itself. */
  unify(message: string): string {
    if (message.length < LONG) return message;
    const { copies, seen } = (this.#places ??= openPlaces());
    const sum = checksum(message);
    const place = sum & (PLACES - 1);
    const copy = copies[place];
    if (copy === message) return copy;
    const hasComeBefore = seen[place] === sum;
    seen[place] = sum;
    return hasComeBefore ? (copies[place] = detach(message)) : message;
  }
}

interface Places {
  readonly copies: string[];
  /** The checksum of the last message in each place that was not the copy. One that never comes again is not copied. */
  readonly seen: Int32Array;
}

function openPlaces(): Places {
  return { copies: Array.from({ length: PLACES }, () => ''), seen: new Int32Array(PLACES) };
}

function checksum(message: string): number {
  const { length } = message;
  const step = Math.floor(length / SAMPLED);
  let sum = length;
  for (let i = 0; i < SAMPLED; i++) sum = (sum * 31 + message.charCodeAt(i)) | 0;
  for (let i = length - 1; i >= SAMPLED; i -= step) sum = (sum * 31 + message.charCodeAt(i)) | 0;
  return sum;
}
