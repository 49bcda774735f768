/** Writes any value as JSON of bounded size, in bounded time, and finds the first error in it. */

import { isPromise } from './at-once';
import { errorFields, errorText, isError, readField, readStack, unreadable } from './logged-error';
import { ELLIPSIS } from './text';

const MAX_DEPTH = 20;
/** The bounds of most texts: a line has no room for more. */
export const ROOMY: JsonBounds = { characters: 8192, stringLength: 8192, breadth: 1000 };
/** Most values that are looked at. Shared references make a few small objects into as many as one likes. */
const MAX_VALUES = 10_000;

/** The bounds of a JSON text. */
export interface JsonBounds {
  /** Room for the text. It may exceed this by a few notes of what was left out. */
  readonly characters: number;
  /** Longest string, in characters. */
  readonly stringLength: number;
  /** Most items of an object or array. */
  readonly breadth: number;
}

/**
 * Writes JSON as winston's own `json()` does (BigInts as strings, `[Circular]` for an object within itself), except for errors,
 * which are written with all that matters of them, and for what cannot be read, which is replaced by a note.
 */
export class JsonWriter {
  /** Of the first error that was written. */
  stack: string | undefined;
  readonly #bounds: JsonBounds;
  readonly #within: object[] = [];
  #room: number;
  #values = MAX_VALUES;

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds;
    this.#room = bounds.characters;
  }

  /** Undefined for a value that JSON leaves out, such as a function. Never throws. */
  write(value: unknown, key = ''): string | undefined {
    this.#values--;
    switch (typeof value) {
      case 'string':
        return this.#writeString(value);
      case 'bigint':
        return this.#writeString(String(value));
      case 'number':
        return this.#take(Number.isFinite(value) ? String(value) : 'null');
      case 'boolean':
        return this.#take(String(value));
      case 'object':
        return value === null ? this.#take('null') : this.#writeObject(value, key);
      default:
        return undefined;
    }
  }

  /** An object with these keys. */
  writeFields(keys: readonly string[], read: (key: string, i: number) => unknown): string {
    const items: string[] = [];
    const most = Math.min(keys.length, this.#bounds.breadth);
    let i = 0;
    this.#take('{}');
    for (; i < most && this.#hasRoom(); i++) {
      const key = keys[i] as string;
      const start = this.#room;
      this.#room -= 2;
      const name = this.#writeString(key);
      const item = this.write(read(key, i), key);
      if (item === undefined) this.#room = start;
      else items.push(`${name}:${item}`);
    }
    if (i < keys.length) items.push(`"...":"${this.#omit(keys.length - i)}"`);
    return `{${items.join(',')}}`;
  }

  #writeObject(value: object, key: string): string | undefined {
    if (this.#within.includes(value)) return this.#take('"[Circular]"');
    if (this.#within.length >= MAX_DEPTH) return this.#take(Array.isArray(value) ? '"[Array]"' : '"[Object]"');
    this.#within.push(value);
    try {
      return this.#writeContents(value, key);
    } catch (error) {
      return this.#writeString(unreadable(error));
    } finally {
      this.#within.pop();
    }
  }

  #writeContents(value: object, key: string): string | undefined {
    if (isError(value)) {
      this.stack ??= readStack(value);
      const fields = errorFields(value);
      return this.writeFields([...fields.keys()], (field) => fields.get(field));
    }
    // Its own toJSON would copy all of it.
    if (Buffer.isBuffer(value)) return `{"type":"Buffer","data":${this.#writeItems(value)}}`;
    if (Array.isArray(value)) return this.#writeItems(value);
    const toJson: unknown = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJson === 'function') return this.#writeReplacement(value, toJson.call(value, key), key);
    return this.writeFields(fieldNames(value, this.#bounds.breadth), (field) => readField(value, field));
  }

  /** JSON asks a replacement for no other. */
  #writeReplacement(value: object, replacement: unknown, key: string): string | undefined {
    if (isPromise(replacement)) return this.#take('{}');
    if (typeof replacement !== 'object' || replacement === null) return this.write(replacement, key);
    if (replacement !== value && this.#within.includes(replacement)) return this.#take('"[Circular]"');
    if (isError(replacement)) return this.#writeContents(replacement, key);
    if (Array.isArray(replacement)) return this.#writeItems(replacement);
    return this.writeFields(fieldNames(replacement, this.#bounds.breadth), (field) => readField(replacement, field));
  }

  #writeItems(list: ArrayLike<unknown>): string {
    const items: string[] = [];
    const most = Math.min(list.length, this.#bounds.breadth);
    let i = 0;
    this.#take('[]');
    for (; i < most && this.#hasRoom(); i++) {
      this.#room--;
      items.push(this.write(readField(list, String(i)), String(i)) ?? this.#take('null'));
    }
    if (i < list.length) items.push(`"... ${this.#omit(list.length - i)}"`);
    return `[${items.join(',')}]`;
  }

  #writeString(text: string): string {
    const most = Math.max(0, Math.min(this.#bounds.stringLength, this.#room));
    return this.#take(JSON.stringify(text.length > most ? `${text.slice(0, most)}${ELLIPSIS}` : text));
  }

  #hasRoom(): boolean {
    return this.#room > 0 && this.#values > 0;
  }

  #omit(count: number): string {
    return this.#take(`${count} ${count === 1 ? 'item' : 'items'} not stringified`);
  }

  #take(text: string): string {
    this.#room -= text.length;
    return text;
  }
}

/** The text of any value: a string as it is, an object as JSON, an error as its message. Never throws. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isError(value)) return errorText(value);
  return new JsonWriter(ROOMY).write(value) ?? typeof value;
}

/** The bytes of a typed array are its fields: too many to list them all. */
function fieldNames(value: object, breadth: number): string[] {
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return Object.keys(value);
  const { length } = value as Uint8Array;
  return Array.from({ length: Math.min(length, breadth + 1) }, (_, i) => String(i));
}
