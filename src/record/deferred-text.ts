/** Postpones formatting the metadata of a line until the line is certain to be written. */

import { composeFlatText, type LineText, type WrittenText } from './line-text';
import { type Fields, isMetadata } from './metadata';

/** Longest text that is formatted later, in characters. */
const MAX_CHARACTERS = 4096;
/** Estimate of a number or boolean with its punctuation, in characters. */
const VALUE_CHARACTERS = 30;

/** Metadata of texts, numbers, booleans, null and undefined only. */
class FlatMetadata {
  /** Those of the log call. The values of those that are no metadata are undefined, which JSON leaves out. */
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
  /** An estimate of its characters. */
  readonly length: number;
  #json: string | undefined;

  private constructor(keys: readonly string[], values: readonly unknown[], length: number) {
    this.keys = keys;
    this.values = values;
    this.length = length;
  }

  /** Undefined if something in it could still be changed by the application. */
  static from(info: Fields): FlatMetadata | undefined {
    const keys = Object.keys(info);
    const values: unknown[] = Object.values(info);
    let length = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      const value = values[i];
      if (!isMetadata(info, key)) {
        values[i] = undefined;
        continue;
      }
      if (!isImmutable(value) || key === '__proto__') return undefined;
      length += key.length + VALUE_CHARACTERS + (typeof value === 'string' ? value.length : 0);
    }
    return new FlatMetadata(keys, values, length);
  }

  /** Whether a log call has the same metadata, in the same order. */
  equals(info: Fields): boolean {
    const { keys, values } = this;
    let i = 0;
    for (const key in info) {
      if (key !== keys[i] || (isMetadata(info, key) ? info[key] : undefined) !== values[i]) return false;
      i++;
    }
    return i === keys.length;
  }

  get json(): string {
    if (this.#json === undefined) {
      const fields: Record<string, unknown> = {};
      this.keys.forEach((key, i) => (fields[key] = this.values[i]));
      this.#json = JSON.stringify(fields);
    }
    return this.#json;
  }
}

/**
 * The text of a line with metadata that cannot change any more, formatted when it is needed: most lines of a busy logger are
 * superseded before they are written, and formatting a text takes as long as all else that is done for its line.
 */
export class DeferredText implements WrittenText {
  /** An estimate of its characters. */
  readonly length: number;
  readonly #message: string;
  readonly #metadata: FlatMetadata;

  private constructor(message: string, metadata: FlatMetadata) {
    this.#message = message;
    this.#metadata = metadata;
    this.length = message.length + metadata.length;
  }

  /**
   * Undefined if the metadata is long, cannot be read, or could still be changed by the application.
   *
   * @param before - the text of the line before: those of a child logger share their metadata, which takes less than keeping it
   */
  static from(message: string, info: Fields, before?: LineText): DeferredText | undefined {
    try {
      const last = before instanceof DeferredText ? before.#metadata : undefined;
      const metadata = last?.equals(info) ? last : FlatMetadata.from(info);
      if (!metadata || message.length + metadata.length > MAX_CHARACTERS) return undefined;
      return new DeferredText(message, metadata);
    } catch {
      return undefined;
    }
  }

  toString(): string {
    return composeFlatText(this.#message, this.#metadata);
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
