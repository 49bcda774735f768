/** Makes rows of messages: what became of each, the key of its links, and a line of it. */

import { lastingKey, type MessageChange } from '../../read/message-change';
import { Slices } from '../../read/slices';
import { parameterize } from '../../record/parameterize';
import { OTHER } from '../../redis/keys';
import { findSample, type ShownLine, toIso } from './lines';

/** Keys of a pattern whose lines are looked for. */
const MAX_KEYS = 20;

/** A line of a message. */
export interface ShownSample {
  /** ISO, in UTC; null if the line does not begin with a time. */
  readonly time: string | null;
  readonly message: string;
  readonly stack: string | null;
  /** Whether it is the newest line, and not one that was kept of the message. */
  readonly isNewest: boolean;
  /** The key of the line; null if it is not among the latest. */
  readonly key: string | null;
}

/** What became of a message of a severity. */
export interface MessageRow extends Omit<MessageChange, 'sample'> {
  readonly severity: string;
  /** What links to the message hold: it stays the same while other messages come. */
  readonly key: string;
  /** Null if no line of it is stored. */
  readonly sample: ShownSample | null;
}

/** A message of a severity, before its line is looked for. */
export interface SeverityChange extends MessageChange {
  readonly severity: string;
}

/** Looks through up to 500 lines for each of up to 50 messages. */
export async function toRows(changes: readonly SeverityChange[], lines: readonly ShownLine[]): Promise<MessageRow[]> {
  const slices = new Slices();
  const rows: MessageRow[] = [];
  for (const change of changes) {
    if (slices.isOver(1)) await slices.pause();
    rows.push(toRow(change, lines));
  }
  return rows;
}

/** The newest line of a message tells most; if it is not among the latest, one that was kept serves as well. */
export function toRow(change: SeverityChange, lines: readonly ShownLine[]): MessageRow {
  const texts = change.message === OTHER ? [] : rowTexts(change);
  const line = findFirstSample(texts, change.severity, lines);
  return { ...change, key: lastingKey(change), sample: line ? { ...line, isNewest: true } : keptSample(change) };
}

/** Whether a message contains a text in upper or lower case; `text` is in lower case. */
export function matches({ message, sample }: MessageChange, text: string): boolean {
  return text === '' || message.toLowerCase().includes(text) || (sample?.message.toLowerCase().includes(text) ?? false);
}

/** What links hold of a message that is looked at by itself. */
export function messageKey(message: string, isExact: boolean): string {
  return isExact ? message : parameterize(message);
}

/** Whether a row is the one that links with this key lead to. */
export function hasKey({ keys, message }: MessageChange, key: string): boolean {
  return keys ? keys.includes(key) : message === key;
}

/** The messages that a row stands for. */
export function rowTexts({ message, keys = [], variants = [] }: MessageChange): string[] {
  return [...new Set([message, ...keys.slice(0, MAX_KEYS), ...variants.map((variant) => variant.message)])];
}

function findFirstSample(texts: readonly string[], severity: string, lines: readonly ShownLine[]): ShownLine | null {
  for (const text of texts) {
    const line = findSample(text, severity, lines);
    if (line) return line;
  }
  return null;
}

function keptSample({ sample }: MessageChange): ShownSample | null {
  if (!sample) return null;
  const { time, message, stack = null } = sample;
  return { time: toIso(time), message, stack, isNewest: false, key: null };
}
