/** Shortens a line that is kept as the sample of a message. */

import { formatText, parseParts, parseText } from '../line-format';
import { nameInStack } from './logged-error';
import { truncate } from './text';

/** Longest sample, in bytes of UTF-8. */
export const MAX_SAMPLE_BYTES = 2048;
/** A line begins with a time and a blank. */
const TIME_CHARACTERS = 25;
const MAX_MESSAGE_BYTES = 512;

/** A line of at most 2 kB: a stack is kept before metadata, and of the message as much as tells what it is. */
export function shortenSample(line: string): string {
  if (line.length * 3 <= MAX_SAMPLE_BYTES || Buffer.byteLength(line) <= MAX_SAMPLE_BYTES) return line;
  const { message: head, stack } = parseParts(line.slice(TIME_CHARACTERS));
  if (stack === undefined) return truncate(line, MAX_SAMPLE_BYTES);
  const { message = head } = parseText(head);
  const metadata = JSON.stringify({ name: nameInStack(stack) });
  const short = formatText(truncate(String(message), MAX_MESSAGE_BYTES), metadata, stack);
  return truncate(line.slice(0, TIME_CHARACTERS) + short, MAX_SAMPLE_BYTES);
}
