/** Takes the part of a text that says what happened: its first line, or more where that says nothing by itself. */

/** Longest part examined and longest key returned, in bytes; equal to the longest counted message. */
export const MAX_BYTES = 1024;
/** Longest part in which the line is looked for, in characters from the first that is not blank. */
const MAX_EXAMINED = 4 * MAX_BYTES;

const ESC = '\u001b';
/** A colour or another sequence of a terminal, a title or link, or a lone escape character: none is left that could begin another. */
const ESCAPE = new RegExp(
  String.raw`${ESC}(?:\[[\d;:?]{0,32}[@-~]|\][^\u0007${ESC}\n]{0,1024}(?:\u0007|${ESC}\\)|[()][A-Z0-9]|[78=>cDEHMNOZ])?|\u009b[\d;:?]{0,32}[@-~]`,
  'g',
);
const NON_ASCII = /\P{ASCII}/u;
/** What turns at the start of a line while something is done. */
const SPINNER = /^\s*(?:[\u2801-\u28ff]+\s+)+/;
/** Full-width forms of ASCII, and digits of other scripts. */
const OTHER_FORM = /[\uff01-\uff5e]|(?=\P{ASCII})\p{Nd}/gu;

/** How Node reports what nobody caught: a position, the line of source there, and a mark under it. */
const UNCAUGHT = /^.*:\d+\r?\n.*\r?\n[ \t]*[~^]+[ \t]*\r?\n(?=\s*\S)/;
/** A line after which only the next one tells what happened: the name of an error, or one without a letter or digit. */
const SAYS_NOTHING =
  /(?::|\binvocation(?: in)?)$|^[\w.$]*(?:Error|Exception)$|^un(?:caught|handled) ?(?:error|exception|(?:promise ?)?rejection)$|^[^\p{L}\p{N}]+$/iu;
/** A line that begins an object or a list, which goes on until it is closed. */
const OPENS = /[[{(]$/;
/** A line drawn over a text. */
const RULE = /^[-=*_#~+.]{3,}$/;
/** A line of a stack, with what leads to it. */
const STACK = /^(?:at |Require stack:|\.\.\. \d+ more|Node\.js v\d)/;
/** A position in a file, alone on its line, before the name of a function, or after `File` in a stack of Python. */
const POSITION =
  /^(?:File ".*", line \d+|(?:\P{L} )?\S+ \(\d+:\d+\) @ .*$|(?:[a-z]:\\|\.{0,2}\/|file:)\S*:\d+(?::\d+)?:?$)/iu;
/** A line of source with its number, as it is quoted after a position. */
const EXCERPT = /^(?:→|>|❯)? ?\d+ ?[|│]?(?: |$)/;

/** The part of a text that is to be examined, without escapes: one line, with single blanks. */
export function takeLine(text: string): string {
  const start = text.search(/\S/);
  if (start < 0) return '';
  const part = text.slice(start, start + MAX_EXAMINED).toWellFormed();
  const plain = part.includes(ESC) || part.includes('\u009b') ? part.replace(ESCAPE, '') : part;
  const hasLines = plain.includes('\n') || plain.includes('\r');
  const line = hasLines ? joinLines(plain.replace(UNCAUGHT, '').split(/[\r\n\u2028\u2029]+/)) : plain;
  const ascii = NON_ASCII.test(line) ? line.replace(SPINNER, '').replace(OTHER_FORM, toAscii) : line;
  return truncateAtBlank(ascii.replace(/\s+/g, ' ').trim());
}

function joinLines(lines: readonly string[]): string {
  let line = '';
  let depth = 0;
  let source: 'Python' | 'other' | undefined;
  for (const each of lines) {
    const next = each.trim();
    if (next === '' || isSource(each, next, source) || (line === '' && RULE.test(next))) continue;
    source = undefined;
    if (POSITION.test(next)) {
      source = next.startsWith('File') ? 'Python' : 'other';
      line = line.replace(/ (?:in|at)$/, ':');
      continue;
    }
    if (line !== '' && STACK.test(next)) {
      if (!SAYS_NOTHING.test(line)) break;
      // Node puts what an error holds after its stack.
      if (!next.endsWith(' {')) continue;
      line += ' {';
      depth = 1;
      continue;
    }
    line += line === '' ? next : ` ${next}`;
    const isOpen = depth > 0;
    if (isOpen || OPENS.test(next)) depth += countOpen(next);
    if ((depth <= 0 && (isOpen || !SAYS_NOTHING.test(next))) || line.length > MAX_BYTES) break;
  }
  return line === '' ? (lines.find((each) => each.trim() !== '') ?? '') : line;
}

function isSource(line: string, text: string, source: string | undefined): boolean {
  return (
    source !== undefined &&
    (EXCERPT.test(text) || (source === 'Python' && line.startsWith('  ') && !POSITION.test(text)))
  );
}

/** How many more brackets a line opens than it closes. */
function countOpen(line: string): number {
  let count = 0;
  for (const { 0: bracket } of line.matchAll(/[[\](){}]/g)) count += '[({'.includes(bracket) ? 1 : -1;
  return count;
}

function toAscii(character: string): string {
  const code = character.charCodeAt(0);
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : '0';
}

/** At most MAX_BYTES, up to the last blank or placeholder, so that no token is cut in two. */
export function truncateAtBlank(text: string): string {
  if (text.length * 3 <= MAX_BYTES || Buffer.byteLength(text) <= MAX_BYTES) return text;
  const bytes = Buffer.allocUnsafe(MAX_BYTES);
  const head = bytes.toString('utf8', 0, bytes.write(text));
  const blank = head.lastIndexOf(' ');
  return blank > 0 ? head.slice(0, blank) : head.slice(0, head.lastIndexOf('>') + 1) || head;
}
