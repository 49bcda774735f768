/** Finds the lines that were logged with a message, or with any message of a pattern. */

import { parseText } from '../line-format';
import { parameterize } from '../record/parameterize';
import type { RecentLine } from './lines';

/**
 * Whether a line was logged with a message of a count: the message itself, or one of its pattern if the count has a pattern.
 *
 * @param keys - the message, or all keys of `parameterize` that a pattern has
 */
export function lineMatcher(keys: readonly string[]): (line: RecentLine) => boolean {
  const wanted = new Set(keys);
  return (line) => {
    const message = loggedMessage(line);
    return wanted.has(message) || wanted.has(parameterize(message));
  };
}

/** Whether a line was logged with a message, with one of the same pattern, or with one of a pattern in the words of a row. */
export function patternMatcher(pattern: string): (line: RecentLine) => boolean {
  const isOfKey = lineMatcher([pattern, parameterize(pattern)]);
  // A row of several keys has this where they differ.
  if (!pattern.includes('<value>')) return isOfKey;
  const parts = pattern.split('<value>').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const shape = new RegExp(`^${parts.join('\\S{1,1024}')}$`, 'u');
  return (line) => isOfKey(line) || shape.test(parameterize(loggedMessage(line)));
}

function loggedMessage(line: RecentLine): string {
  const { message = line.message } = parseText(line.message);
  return String(message);
}
