/** Gives each stored line a key, and finds the newest line of a message. */

import type { RecentLine } from '../../read/lines';
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
  for (const { severity, time, message } of [...lines].reverse()) {
    if (slices.isOver()) await slices.pause();
    const iso = Number.isNaN(time.getTime()) ? null : time.toISOString();
    const hash = shortHash(severity, String(iso), message);
    const nth = seen.get(hash) ?? 0;
    seen.set(hash, nth + 1);
    oldestFirst.push({ key: `${hash}${nth === 0 ? '' : `-${nth}`}`, severity, time: iso, message });
  }
  return oldestFirst.reverse();
}

/** The newest line that was probably counted as this message; null if none is stored. */
export function findSample(message: string, severity: string, lines: readonly ShownLine[]): ShownLine | null {
  const parts = message.split(ANY_PLACEHOLDER);
  return lines.find((line) => line.severity === severity && fits(line.message, message, parts)) ?? null;
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
