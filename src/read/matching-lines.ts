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
    const { message = line.message } = parseText(line.message);
    return wanted.has(String(message)) || wanted.has(parameterize(String(message)));
  };
}
