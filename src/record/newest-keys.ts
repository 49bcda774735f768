/** Remembers the keys of the newest messages that came more than once, and of their forms, as most of those come again soon. */

import { CHARACTERS } from './grouping/code-at';
import { detach } from './text';

const { codeAt } = CHARACTERS;

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
  const newest = new NewestKeys<string>();
  return (text) => {
    if (text.length > MAX_LENGTH) return find(text);
    const hash = hashText(text);
    for (let at = newest.find(hash, 0); at >= 0; at = newest.find(hash, at + 1)) {
      if (newest.texts[at] === text) return newest.keys[at] as string;
    }
    const key = find(text);
    if (newest.isKnown(hash)) newest.add(hash, detach(text), key);
    return key;
  };
}

/**
 * The same for 2,048 forms of messages at most.
 *
 * @param writeForm - writes the form of a text and tells whether it is another one than the text; messages of one form have one key
 */
export function rememberForms(
  find: (text: string) => string,
  writeForm: (text: string, form: Uint8Array) => boolean,
): (text: string) => string {
  const newest = new NewestKeys<Uint8Array>();
  const form = new Uint8Array(MAX_LENGTH);
  return (text) => {
    if (text.length > MAX_LENGTH || !writeForm(text, form)) return find(text);
    const hash = hashForm(form, text.length);
    for (let at = newest.find(hash, 0); at >= 0; at = newest.find(hash, at + 1)) {
      if (isForm(newest.texts[at] as Uint8Array, form, text.length)) return newest.keys[at] as string;
    }
    const key = find(text);
    if (newest.isKnown(hash)) newest.add(hash, form.slice(0, text.length), key);
    return key;
  };
}

/** The keys of the newest texts of which the hash came before. */
class NewestKeys<Text> {
  readonly texts: (Text | undefined)[] = Array.from({ length: SETS * WAYS }, () => undefined);
  readonly keys: string[] = Array.from(this.texts, () => '');
  readonly #newest = new HashSets();
  readonly #once = new HashSets();

  find(hash: number, from: number): number {
    return this.#newest.find(hash, from);
  }

  /** Whether a hash came before; if not, it has now. */
  isKnown(hash: number): boolean {
    if (this.#once.find(hash, 0) >= 0) return true;
    this.#once.add(hash);
    return false;
  }

  add(hash: number, text: Text, key: string): void {
    const at = this.#newest.add(hash);
    this.texts[at] = text;
    // A key in which nothing varies may be a part of a longer text, which it would keep in memory as well.
    this.keys[at] = detach(key);
  }
}

/** The newest hashes, in sets by their first bits. */
class HashSets {
  readonly #hashes = new Int32Array(SETS * WAYS);
  readonly #next = new Uint8Array(SETS);

  /** Where in its set a hash is, from this place on; -1 if it is not. */
  find(hash: number, from: number): number {
    const set = (hash >>> 24) * WAYS;
    for (let i = Math.max(set, from); i < set + WAYS; i++) if (this.#hashes[i] === hash) return i;
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
  const { length } = text;
  const step = 1 + Math.floor(length / WHOLE);
  let hash = length;
  for (let i = 0; i < length; i += step) hash = Math.imul(hash ^ codeAt.call(text, i), 0x9e3779b1) ^ (hash >>> 15);
  return hash;
}

function hashForm(form: Uint8Array, length: number): number {
  const step = 1 + Math.floor(length / WHOLE);
  let hash = length;
  for (let i = 0; i < length; i += step) hash = Math.imul(hash ^ (form[i] as number), 0x9e3779b1) ^ (hash >>> 15);
  return hash;
}

function isForm(known: Uint8Array, form: Uint8Array, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) if (known[i] !== form[i]) return false;
  return true;
}
