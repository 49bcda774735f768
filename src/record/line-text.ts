/** Puts the text of a line together, bounded: the message, its metadata and a stack. */

import { formatPlainText, formatText, parseParts, parseWhole } from '../line-format';
import { JsonWriter } from './json';
import { nameInStack } from './logged-error';
import { cleanText, truncate } from './text';

/** Longest line, in bytes of UTF-8. */
export const MAX_LINE_BYTES = 8192;
/** Longest text: a line begins with a time of 24 characters and a space. */
const MAX_TEXT_BYTES = MAX_LINE_BYTES - 25;
/** A plain text may get a mark. */
const MAX_PLAIN_BYTES = MAX_TEXT_BYTES - 3;
/** What message and stack leave to metadata, in bytes; and the message to both, if there is a stack. */
const LEAST_METADATA_BYTES = 512;
const LEAST_MESSAGE_BYTES = 1024;
/** Notes may exceed the room of metadata. */
const NOTE_BYTES = 200;
const MAX_BYTES_PER_UNIT = 3;

/** How much of long metadata is kept: the first of these that fits. */
const BOUNDS = [
  { stringLength: 8192, breadth: 1000 },
  { stringLength: 1024, breadth: 100 },
  { stringLength: 128, breadth: 20 },
] as const;

/** A text that is put together, with metadata or by a format, now or when it is needed. */
export interface WrittenText {
  /** An estimate of its characters. */
  readonly length: number;
  toString(): string;
}

/** The text of a line. A string is a message without metadata, as it was logged. */
export type LineText = string | WrittenText;

/** A text that has been put together. */
export class ComposedText implements WrittenText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  toString(): string {
    return this.#text;
  }
}

/** The metadata of a log call, by key, and the stack of its error, if it is not among them. */
export interface LoggedParts {
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
  readonly stack?: string | undefined;
}

/** The text of a message with metadata, which is abbreviated before the stack is if all of it is too long. */
export function composeText(message: string, parts: LoggedParts): string {
  const text = cleanText(message);
  let stack: string | undefined;
  for (const bounds of BOUNDS) {
    const written = writeMetadata(parts, { ...bounds, characters: MAX_TEXT_BYTES });
    stack = written.stack;
    if (written.metadata === '{}') return composePlainText(text);
    const whole = formatText(text, written.metadata, stack);
    if (fits(whole, MAX_TEXT_BYTES)) return whole;
  }
  return composeCut(text, parts, stack);
}

/** The same, for metadata that JSON can be left to. */
export function composeFlatText(message: string, metadata: LoggedParts & { readonly json: string }): string {
  const { json } = metadata;
  const text = formatText(cleanText(message), json);
  return json !== '{}' && fits(text, MAX_TEXT_BYTES) ? text : composeText(message, metadata);
}

/** The text of a message without metadata. */
export function composePlainText(message: string): string {
  const text = cleanText(message);
  return text.endsWith('}') || text.includes('}\n') ? formatPlainText(truncate(text, MAX_PLAIN_BYTES)) : text;
}

/** The text that a format made, without colours. Nothing in it is taken for a stack. */
export function composeFormatted(formatted: string): string {
  const text = formatted.includes('\u001b') ? cleanText(formatted) : formatted;
  if (!text.includes('}\n')) return text;
  const cut = truncate(text, MAX_PLAIN_BYTES);
  return parseWhole(cut) || parseParts(cut).stack === undefined ? cut : formatPlainText(cut);
}

/** Whether a text has at most so many bytes. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * MAX_BYTES_PER_UNIT <= maxBytes || Buffer.byteLength(text) <= maxBytes;
}

function composeCut(message: string, parts: LoggedParts, stack: string | undefined): string {
  const most = MAX_TEXT_BYTES - LEAST_METADATA_BYTES;
  const text = truncate(message, stack === undefined ? most : LEAST_MESSAGE_BYTES);
  const trace = stack === undefined ? undefined : truncate(stack, most - Buffer.byteLength(text));
  const room = MAX_TEXT_BYTES - NOTE_BYTES - Buffer.byteLength(formatText(text, '', trace));
  const bounds = { stringLength: 128, breadth: 20 };
  const { metadata } = writeMetadata(parts, { ...bounds, characters: room });
  if (fits(metadata, room + NOTE_BYTES)) return formatText(text, metadata, trace);
  const ascii = { ...bounds, characters: Math.floor(room / MAX_BYTES_PER_UNIT) };
  return formatText(text, writeMetadata(parts, ascii).metadata, trace);
}

function writeMetadata(
  { keys, values, stack }: LoggedParts,
  bounds: ConstructorParameters<typeof JsonWriter>[0],
): { metadata: string; stack: string | undefined } {
  const writer = new JsonWriter(bounds);
  const metadata = writer.writeFields(keys, (_key, i) => values[i]);
  const trace = stack ?? writer.stack;
  if (metadata !== '{}' || trace === undefined) return { metadata, stack: trace };
  return { metadata: JSON.stringify({ name: nameInStack(trace) }), stack: trace };
}
