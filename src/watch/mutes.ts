/** Tells which messages are muted. */

import { parameterize } from '../record/parameterize';

/** Any text in a pattern. */
const ANY = '*';

/**
 * The pattern as it is kept: its parts by `parameterize`, so that a message with its values mutes all that differ in values
 * only.
 */
export function toMutePattern(pattern: string): string {
  return pattern.includes(ANY) ? pattern : parameterize(pattern);
}

/** Whether a message is muted by a pattern, in which `*` stands for any text. Each part of the pattern is looked for once. */
export function isMutedBy(pattern: string, message: string): boolean {
  const [first = '', ...parts] = pattern.split(ANY);
  const last = parts.pop();
  if (last === undefined) return message === pattern;
  if (!message.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = message.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return message.length - last.length >= at && message.endsWith(last);
}
