import { errorMessage } from '../errors';
import { formatText } from '../line-format';
import { toText } from './text';

type Info = Readonly<Record<string, unknown>>;

/** Most characters of a text that is put together later. */
const MAX_DEFERRED_CHARACTERS = 4096;
/** What a number takes at most, and what stands between two values. */
const VALUE_CHARACTERS = 30;

/** Whether anything was logged beside a message. */
export function hasMetadata(info: Info): boolean {
  for (const key in info) {
    if (isMetadata(key)) return true;
  }
  return false;
}

/** The metadata of a log call as a line has it. */
export function formatMetadata(info: Info): string {
  try {
    return formatFields(Object.keys(info), Object.values(info));
  } catch (error) {
    return `[unreadable metadata: ${errorMessage(error)}]`;
  }
}

/**
 * The text of a line with metadata that cannot change any more, put together when it is needed: of a busy logger most lines
 * are superseded before they are written, and to make their text takes as long as all else that is done for them.
 */
export class DeferredText {
  /** About how many characters it will have. */
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

  /** Undefined where the metadata is long, cannot be read, or could still be changed by the application. */
  static from(message: string, info: Info): DeferredText | undefined {
    try {
      const keys = Object.keys(info);
      const values: unknown[] = Object.values(info);
      let { length } = message;
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i] as string;
        const value = values[i];
        if (!isMetadata(key)) continue;
        if (!isFlat(value)) return undefined;
        length += key.length + VALUE_CHARACTERS + (typeof value === 'string' ? value.length : 0);
      }
      return length > MAX_DEFERRED_CHARACTERS ? undefined : new DeferredText(message, keys, values, length);
    } catch {
      return undefined;
    }
  }

  toString(): string {
    return formatText(this.#message, formatFields(this.#keys, this.#values));
  }
}

function formatFields(keys: readonly string[], values: readonly unknown[]): string {
  const entries = keys.map((key, i) => [key, values[i]] as const);
  return toText(Object.fromEntries(entries.filter(([key]) => isMetadata(key))));
}

function isMetadata(key: string): boolean {
  return key !== 'level' && key !== 'message' && key !== 'timestamp';
}

function isFlat(value: unknown): boolean {
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
