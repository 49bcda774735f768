/** Gives each stored line a key, and finds the newest line of a message. */

import { isPlainLine, type RecentLine } from '../../read/lines';
import { Slices } from '../../read/slices';
import { PLACEHOLDER } from '../../record/parameterize';
import { shortHash } from './short-hash';

const ANY_PLACEHOLDER = new RegExp(PLACEHOLDER);

/** A line with a key that no other line on the page has. */
export interface ShownLine {
  readonly key: string;
  readonly severity: string;
  /** ISO, in UTC; null if the line does not begin with a time. */
  readonly time: string | null;
  readonly message: string;
  /** The stack of the error that was logged; null if none was. */
  readonly stack: string | null;
  /** Whether what looks like metadata in the message was logged as text. */
  readonly isPlain: boolean;
}

/**
 * Keys stay the same while lines are added before theirs and others are trimmed after it. The numbers of lines cannot serve
 * as keys, since other programs write lines without one.
 *
 * @param lines - newest first
 */
export async function addKeys(lines: readonly RecentLine[]): Promise<ShownLine[]> {
  const slices = new Slices();
  const seen = new Map<string, number>();
  const oldestFirst: ShownLine[] = [];
  for (const line of [...lines].reverse()) {
    if (slices.isOver()) await slices.pause();
    const { severity, time, message, stack = null } = line;
    const iso = toIso(time);
    const hash = shortHash(severity, String(iso), message);
    const nth = seen.get(hash) ?? 0;
    seen.set(hash, nth + 1);
    const key = `${hash}${nth === 0 ? '' : `-${nth}`}`;
    oldestFirst.push({ key, severity, time: iso, message, stack, isPlain: isPlainLine(line) });
  }
  return oldestFirst.reverse();
}

/** A time as text; null for an invalid one. */
export function toIso(time: Date): string | null {
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** Whether two lines say the same, whenever they were logged. */
export function isSameLine(a: ShownLine, b: ShownLine | undefined): boolean {
  return a.message === b?.message && a.severity === b.severity && a.stack === b.stack;
}

/**
 * The newest lines with a text in upper or lower case, of which there may be tens of thousands.
 *
 * @param most - lines that differ from the one after them
 */
export async function filterLines(lines: readonly ShownLine[], filter: string, most: number): Promise<ShownLine[]> {
  const slices = new Slices();
  const hasText = textMatcher(filter);
  const found: ShownLine[] = [];
  let runs = 0;
  for (const line of lines) {
    if (slices.isOver()) await slices.pause();
    if (!hasText(line)) continue;
    if (!isSameLine(line, found.at(-1)) && ++runs > most) break;
    found.push(line);
    if (found.length === MAX_LINES) break;
  }
  return found;
}

/** What the page shows of metadata and stacks is their words, without the signs of JSON and with other blanks. */
const BETWEEN_WORDS = /[\s{}[\]",:]+/g;

/** Tells whether a line has a text, as it is stored or as it is shown, in its message, its metadata or its stack. */
function textMatcher(filter: string): (line: ShownLine) => boolean {
  const text = filter.toLowerCase();
  const shown = text.replace(BETWEEN_WORDS, ' ').trim();
  const words = shown.split(' ');
  return ({ message, stack }) => {
    const whole = (stack === null ? message : `${message}\n${stack}`).toLowerCase();
    if (whole.includes(text)) return true;
    const mayHave = words.length > 1 && words.every((word) => whole.includes(word));
    return mayHave && whole.replace(BETWEEN_WORDS, ' ').includes(shown);
  };
}

/** Lines that are given, however many of them say the same. */
const MAX_LINES = 500;

/** The newest line that was probably counted as this message; null if none is stored. */
export function findSample(message: string, severity: string, lines: readonly ShownLine[]): ShownLine | null {
  const isOf = lineMatcher(message, severity);
  return lines.find(isOf) ?? null;
}

/** Tells whether a line was probably counted as this message. */
export function lineMatcher(message: string, severity: string): (line: ShownLine) => boolean {
  const parts = message.split(ANY_PLACEHOLDER);
  return (line) => line.severity === severity && fits(line.message, message, parts);
}

/** A line is its message, followed by its metadata if it has any, with some text in place of each placeholder. */
function fits(line: string, message: string, [first = '', ...others]: readonly string[]): boolean {
  if (line === message || line.startsWith(`${message} `)) return true;
  if (others.length === 0 || !line.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = line.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
