/** Remembers the keys of the newest messages that came more than once, as most of those come again soon. */

import { detach } from './text';

/** Longer messages are not remembered. */
const MAX_LENGTH = 256;
/** Places of messages, in sets by their hash; in a full set the newest takes the place of the oldest. */
const SETS = 256;
const WAYS = 8;
/** A text of so many characters is hashed by every second one, one of twice as many by every third, and so on. A power of two. */
const WHOLE = 64;

/**
 * Gives what `find` gives, and remembers it for 2,048 messages at most. A map would have V8 hash each new text, which takes longer
 * than hashing some of its characters here and comparing the text with one that has the same hash.
 */
export function rememberNewest(find: (text: string) => string): (text: string) => string {
  const texts: (string | undefined)[] = Array.from({ length: SETS * WAYS }, () => undefined);
  const keys: string[] = Array.from(texts, () => '');
  const newest = new HashSets();
  const once = new HashSets();
  return (text) => {
    if (text.length > MAX_LENGTH) return find(text);
    const hash = hashText(text);
    for (let at = newest.find(hash, 0); at >= 0; at = newest.find(hash, (at % WAYS) + 1)) {
      if (texts[at] === text) return keys[at] as string;
    }
    const key = find(text);
    if (once.find(hash, 0) < 0) {
      once.add(hash);
      return key;
    }
    const at = newest.add(hash);
    // The key would keep a long text in memory as well, if nothing in it varies.
    const copy = detach(text);
    texts[at] = copy;
    keys[at] = key === text ? copy : key;
    return key;
  };
}

/** The newest hashes, in sets by their first bits. */
class HashSets {
  readonly #hashes = new Int32Array(SETS * WAYS);
  readonly #next = new Uint8Array(SETS);

  /** Where in its set a hash is, from this place on; -1 if it is not. */
  find(hash: number, from: number): number {
    const set = (hash >>> 24) * WAYS;
    for (let i = set + from; i < set + WAYS; i++) if (this.#hashes[i] === hash) return i;
    return -1;
  }

  /** Puts a hash in the place of the oldest of its set, and tells where that is. */
  add(hash: number): number {
    const set = hash >>> 24;
    const next = this.#next[set] as number;
    this.#next[set] = (next + 1) % WAYS;
    const at = set * WAYS + next;
    this.#hashes[at] = hash;
    return at;
  }
}

/** The hash of a text. Texts that have the same are told apart by comparing them. */
function hashText(text: string): number {
  const step = 1 + Math.floor(text.length / WHOLE);
  let hash = text.length;
  for (let i = 0; i < text.length; i += step) hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1) ^ (hash >>> 15);
  return hash;
}
