/** One pass over the characters of a line: what may be in it, so that only the expressions that could match are tried. */

import { CHARACTERS } from './code-at';
import { HAS } from './has';
import { DAYS, findUnit, LITERALS, METHODS, MONTHS, NOTHING } from './vocabulary';

/** Taken apart, since an exported constant is looked up each time. */
const {
  absent,
  bar,
  bracket,
  clock,
  control,
  cron,
  date,
  digit,
  equals,
  http,
  mark,
  name,
  nonAscii,
  nothing,
  placeholder,
  plus,
  quotes,
  random,
  repeat,
  route,
  unit,
  url,
} = HAS;

const { codeAt } = CHARACTERS;

const LETTER = 1;
const UPPER = 2;
const DIGIT = 4;
const HEX_LETTER = 8;
/** Punctuation that lines are drawn with. */
const DRAWN = 16;
/** Stands beside the year of a date. */
const DATE_MARK = 32;
const LITERAL_INITIAL = 64;
const CONTROL = 128;
const QUOTE = 256;
const OTHER_MARK = 512;
/** Letters with which a month, a day, a method, or a word before a name begins. */
const INITIAL = 1024;
const UNIT_INITIAL = 2048;

const SPACE = 32;
const COLON = 58;

const KINDS = new Uint16Array(128);

function addKind(characters: string, kind: number): void {
  for (const character of characters) KINDS[character.charCodeAt(0)] = readKind(character.charCodeAt(0)) | kind;
}

function readKind(code: number): number {
  return code < 128 ? (KINDS[code] as number) : 0;
}

addKind('abcdefghijklmnopqrstuvwxyz', LETTER);
addKind('ABCDEFGHIJKLMNOPQRSTUVWXYZ', LETTER | UPPER);
addKind('0123456789', DIGIT);
addKind('abcdef', HEX_LETTER);
addKind('.-=*_#~', DRAWN);
addKind('-/.', DATE_MARK);
addKind('nutfN', LITERAL_INITIAL);
addKind('"\'`', QUOTE);
addKind('@\\~', OTHER_MARK);
addKind('JFMASONDTWEGPHuUfF', INITIAL);
addKind('bdghkmnpstuwyBDGHKMNPSTUWY', UNIT_INITIAL);
addKind(Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('') + '\u007f', CONTROL);

const MAX_UNIT = 12;
const DATE_WORDS = new Set(`${MONTHS}|${DAYS}`.split('|'));
const DATE_LETTERS = new Set([...DATE_WORDS].map((word) => threeLetters(word, 0)));
const HTTP = new RegExp(String.raw`(?:HTTP|${METHODS})\b`, 'y');
const BEFORE_NAME =
  /(?<=(?<![^ "'([{,;:|])(?:for|invalid|illegal|unknown) )user (?!<)|(?<![^ "'([{,;:|])for [^\s<]\S{0,63} from |(?:ENOTFOUND|EAI_AGAIN) /iy;
const ENDS_ABSENT = new RegExp(` (?:${NOTHING})$`);
const LITERAL = new RegExp(String.raw`(?:${LITERALS})\b`, 'y');

/** What a line may hold: bits of {@link HAS}. */
export function scan(line: string): number {
  let bits = 0;
  let seen = 0;
  let afterDigits = -1;
  const { length } = line;
  for (let i = 0; i < length; ) {
    const code = codeAt.call(line, i);
    const kind = code < 128 ? (KINDS[code] as number) : 0;
    if (kind & LETTER) {
      const word = skipWord(line, i);
      const end = word >>> 1;
      if (kind & INITIAL && end - i > 2) bits |= startKnownWord(line, i, end - i, kind);
      if (end - i > 6 && (word & 1 ? kind & HEX_LETTER && isHex(line, i, end) : mayBeRandom(line, i, end)))
        bits |= random;
      if (kind & LITERAL_INITIAL && mayBeNothing(line, i, end)) bits |= nothing;
      if (kind & UNIT_INITIAL && (afterDigits === i || (afterDigits === i - 1 && codeAt.call(line, i - 1) === SPACE))) {
        bits |= isUnit(line, i, end) ? unit : 0;
      }
      i = end;
    } else if (kind & DIGIT) {
      afterDigits = skipDigits(line, i + 1);
      bits |= digit | (afterDigits - i === 4 && isInDate(line, i, afterDigits) ? date : 0);
      i = afterDigits;
    } else {
      if (code === SPACE) bits |= codeAt.call(line, i - 1) === SPACE ? control : 0;
      else if (kind & QUOTE) {
        bits |= seen & (1 << (code & 7)) ? quotes : 0;
        seen |= 1 << (code & 7);
      } else bits |= scanMark(line, i, code, kind);
      i++;
    }
  }
  return endsAbsent(line) ? bits | absent : bits;
}

/** Whether the last word stands for no value. */
function endsAbsent(line: string): boolean {
  const last = line.charCodeAt(line.length - 1);
  const before = line.charCodeAt(line.length - 2);
  const mayBe = (last === 108 && before === 108) || (last === 101 && before === 110) || last === 100 || last === 78;
  return mayBe && ENDS_ABSENT.test(line.slice(-10));
}

/** The end of a word, in the upper bits, and in the last bit whether all its letters but the first are small. */
function skipWord(line: string, start: number): number {
  let i = start + 1;
  let isSmall = 32;
  for (const { length } = line; i < length; i++) {
    const code = codeAt.call(line, i);
    const letter = code | 32;
    if (letter < 97 || letter > 122) break;
    isSmall &= code;
  }
  return (i << 1) | (isSmall >> 5);
}

function skipDigits(line: string, start: number): number {
  let i = start;
  for (const { length } = line; i < length; i++) {
    const code = codeAt.call(line, i);
    if (code < 48 || code > 57) break;
  }
  return i;
}

/** Whether digits have a mark beside them and another digit behind it, as the year of a date has. */
function isInDate(line: string, start: number, end: number): boolean {
  return isMarkAndDigit(line, start - 1, start - 2) || isMarkAndDigit(line, end, end + 1);
}

function isMarkAndDigit(line: string, mark: number, other: number): boolean {
  return (readKind(line.charCodeAt(mark)) & DATE_MARK) !== 0 && isDigit(line, other);
}

function isDigit(line: string, i: number): boolean {
  const code = line.charCodeAt(i);
  return code >= 48 && code <= 57;
}

/** Whether a colon has one or two digits before it, which are no part of an address, and two behind it. */
function isInClock(line: string, colon: number): boolean {
  if (!isDigit(line, colon + 2) || isDigit(line, colon + 3)) return false;
  const first = isDigit(line, colon - 2) ? colon - 2 : colon - 1;
  return isDigit(line, colon - 1) && !isDigit(line, first - 1) && line.charCodeAt(first - 1) !== 46;
}

function isUnit(line: string, start: number, end: number): boolean {
  return end - start <= MAX_UNIT && findUnit(line.slice(start, end), false) !== undefined;
}

/** Whether the case of a word changes six times. */
function mayBeRandom(line: string, start: number, end: number): boolean {
  let previous = readKind(line.charCodeAt(start));
  let changes = 0;
  for (let i = start + 1; i < end; i++) {
    const kind = readKind(line.charCodeAt(i));
    changes += ((kind ^ previous) & UPPER) >> 1;
    previous = kind;
  }
  return changes > 5;
}

function isHex(line: string, start: number, end: number): boolean {
  let i = start;
  while (i < end && readKind(line.charCodeAt(i)) & HEX_LETTER) i++;
  return i === end;
}

function startKnownWord(line: string, start: number, length: number, kind: number): number {
  const next = line.charCodeAt(start + 1);
  if (kind & UPPER) {
    const isUpper = readKind(next) & UPPER;
    if (!isUpper && DATE_LETTERS.has(threeLetters(line, start)))
      return DATE_WORDS.has(line.slice(start, start + length)) ? date : 0;
    if (isUpper && startsHere(HTTP, line, start)) return http;
  }
  // The lengths and second letters of `user`, `for`, `EAI` and `ENOTFOUND`.
  const letter = next | 32;
  const isName =
    length === 3 ? letter === 111 || letter === 97 : length === 4 ? letter === 115 : length === 9 && letter === 110;
  return isName && startsHere(BEFORE_NAME, line, start) ? name : 0;
}

function threeLetters(text: string, start: number): number {
  return (text.charCodeAt(start) << 16) | (text.charCodeAt(start + 1) << 8) | text.charCodeAt(start + 2);
}

/** Whether a word may stand for no value, by its length and its last letter, and is no part of another one. */
function mayBeNothing(line: string, start: number, end: number): boolean {
  const length = end - start;
  const last = line.charCodeAt(end - 1);
  const mayBe = length === 4 ? last === 108 || last === 101 : length === 9 ? last === 100 : length === 3 && last === 78;
  if (!mayBe) return false;
  const before = line.charCodeAt(start - 1);
  return (before === SPACE || before === 40 || before === 91) && startsHere(LITERAL, line, start);
}

function startsHere(sticky: RegExp, line: string, start: number): boolean {
  sticky.lastIndex = start;
  return sticky.test(line);
}

function scanMark(line: string, i: number, code: number, kind: number): number {
  const drawn = kind & DRAWN && line.charCodeAt(i - 1) === code ? repeat : 0;
  switch (code) {
    case COLON:
      return mark | scanColon(line, i);
    case 47: // /
      return mark | (isRoute(line, i) ? route : 0);
    case 46: // .
      return mark | drawn;
    case 60: // <
      return mark | placeholder;
    case 61: // =
      return mark | equals | drawn;
    case 91: // [
      if (isDrawn(line.charCodeAt(i + 1))) return bar;
    // falls through
    case 40: // (
      return isClosing(line, i + 1) && !(line.charCodeAt(i - 1) > SPACE) ? absent : 0;
    case 123: // {
      return line.charCodeAt(i - 1) === 46 ? route : 0;
    case 42: // *
      return drawn | (line.charCodeAt(i - 1) === SPACE && line.charCodeAt(i - 2) === 42 ? cron : 0);
    case 43: // +
      return readKind(line.charCodeAt(i + 1)) & DIGIT ? plus : 0;
    default:
      return drawn | (kind & CONTROL ? control : 0) | (kind & OTHER_MARK ? mark : 0) | (code > 127 ? nonAscii : 0);
  }
}

function isDrawn(code: number): boolean {
  return code === 62 || (readKind(code) & DRAWN) !== 0;
}

function scanColon(line: string, i: number): number {
  const next = line.charCodeAt(i + 1);
  if (next === 47 && line.charCodeAt(i + 2) === 47) return url;
  if (readKind(next) & DIGIT) {
    return (isInClock(line, i) ? clock : 0) | (line.charCodeAt(i - 1) === 93 ? bracket : 0);
  }
  const value = next === SPACE ? i + 2 : i + 1;
  const isLiteral = readKind(line.charCodeAt(value)) & LITERAL_INITIAL && startsHere(LITERAL, line, value);
  return isLiteral || isClosing(line, i + 1) ? absent : 0;
}

/** Whether a bracket or brace is closed here, perhaps after a blank. */
function isClosing(line: string, i: number): boolean {
  const next = line.charCodeAt(line.charCodeAt(i) === SPACE ? i + 1 : i);
  return next === 41 || next === 93 || next === 125;
}

/** Whether a slash ends a word, or stands before a bracket or brace. */
function isRoute(line: string, i: number): boolean {
  return i + 1 >= line.length || !(readKind(line.charCodeAt(i + 1)) & (LETTER | DIGIT));
}
