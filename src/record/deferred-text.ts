/** Postpones formatting the metadata of a line until the line is certain to be written. */

import { composeFlatText, type WrittenText } from './line-text';
import { type Fields, isMetadata } from './metadata';

/** Longest text that is formatted later, in characters. */
const MAX_CHARACTERS = 4096;
/** Estimate of a number or boolean with its punctuation, in characters. */
const VALUE_CHARACTERS = 30;

/**
 * The text of a line with metadata that cannot change any more, formatted when it is needed: most lines of a busy logger are
 * superseded before they are written, and formatting a text takes as long as all else that is done for its line.
 */
export class DeferredText implements WrittenText {
  /** An estimate of its characters. */
  readonly length: number;
  readonly #message: string;
  readonly #keys: readonly string[];
  readonly #values: readonly unknown[];

  private constructor(message: string, keys: readonly string[], values: readonly unknown[], length: number) {
    this.#message = message;
    this.#keys = keys;
    this.#values = values;
    this.length = length;
  }

  /** Undefined if the metadata is long, cannot be read, or could still be changed by the application. */
  static from(message: string, info: Fields): DeferredText | undefined {
    try {
      const keys = Object.keys(info);
      const values: unknown[] = Object.values(info);
      let { length } = message;
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i] as string;
        const value = values[i];
        if (!isMetadata(info, key)) {
          // JSON leaves it out.
          values[i] = undefined;
          continue;
        }
        if (!isImmutable(value) || key === '__proto__') return undefined;
        length += key.length + VALUE_CHARACTERS + (typeof value === 'string' ? value.length : 0);
      }
      return length > MAX_CHARACTERS ? undefined : new DeferredText(message, keys, values, length);
    } catch {
      return undefined;
    }
  }

  toString(): string {
    return composeFlatText(this.#message, { keys: this.#keys, values: this.#values });
  }
}

/** Other primitive values are rare. */
function isImmutable(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return true;
    default:
      return value === null;
  }
}
