/** Messages of Node programs, written in the form that their libraries give them, each with the failure or event it tells of. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LabelledMessage {
  readonly message: string;
  /** Messages of one group tell of one failure or event. */
  readonly group: string;
}

/** Each set has a file that rules may be tried on, and one set aside to judge them. The kinds are kinds of values. */
const FILES = {
  known: 'node-messages.txt',
  aside: 'node-messages-aside.txt',
  kinds: 'kinds.txt',
  'kinds aside': 'kinds-aside.txt',
} as const;

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', e: '\u001b', '\\': '\\' };

/**
 * Reads the messages of a file. A line `= name` begins a group, `= kind: name` one of a kind of values; each line after it is
 * a message, in which `\n`, `\t`, `\e`, `\\` and `\u0007` stand for single characters.
 */
export function readLabelledMessages(part: keyof typeof FILES): LabelledMessage[] {
  const lines = readFileSync(join(__dirname, '../data', FILES[part]), 'utf8')
    .trimEnd()
    .split('\n');
  let group = '';
  return lines.flatMap((line) => {
    if (!line.startsWith('= ')) return [{ message: unescape(line), group }];
    group = line.slice(2);
    return [];
  });
}

function unescape(line: string): string {
  return line.replace(/\\(?:u([\da-f]{4})|(.))/g, (all, code?: string, letter = '') =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : (ESCAPED[letter] ?? all),
  );
}
