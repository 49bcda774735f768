import { createHash } from 'node:crypto';
import type { RecentLine } from '../../read/lines';
import { PLACEHOLDER } from '../page/text';

const ANY_PLACEHOLDER = new RegExp(PLACEHOLDER);

/** A line, and what tells it from all others that are shown. */
export interface ShownLine {
  readonly key: string;
  readonly severity: string;
  /** ISO, in UTC; null where the line begins with no time. */
  readonly time: string | null;
  readonly message: string;
}

/**
 * Lines with keys that stay the same while lines are added before them and drop out after them. Their numbers would not do:
 * other programs write lines without.
 *
 * @param lines - newest first
 */
export function keyed(lines: readonly RecentLine[]): ShownLine[] {
  const seen = new Map<string, number>();
  const oldestFirst = [...lines].reverse().map(({ severity, time, message }): ShownLine => {
    const iso = Number.isNaN(time.getTime()) ? null : time.toISOString();
    const hash = hashOf(severity, String(iso), message);
    const nth = seen.get(hash) ?? 0;
    seen.set(hash, nth + 1);
    return { key: `${hash}${nth === 0 ? '' : `-${nth}`}`, severity, time: iso, message };
  });
  return oldestFirst.reverse();
}

/** The newest of the lines that was counted as this message, as far as that can be told; null for none. */
export function sampleOf(message: string, severity: string, lines: readonly ShownLine[]): ShownLine | null {
  const parts = message.split(ANY_PLACEHOLDER);
  return lines.find((line) => line.severity === severity && holdsInOrder(line.message, message, parts)) ?? null;
}

/** A short name for what may stand in no attribute. */
export function hashOf(...parts: readonly string[]): string {
  return createHash('sha1').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}

/** A line has the message and then its metadata, or something else where the message has placeholders. */
function holdsInOrder(line: string, message: string, [first = '', ...others]: readonly string[]): boolean {
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
