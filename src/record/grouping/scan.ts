/** One pass over the characters of a line: what may be in it, so that only the expressions that could match are tried. */

/** What a line may hold, as bits. */
export const HAS = {
  digit: 1,
  /** A `://`. */
  url: 2,
  /** Two quotes of a kind. */
  quotes: 4,
  /** A digit, a colon, a digit. */
  clock: 8,
  /** Four digits beside a `-`, `/` or `.`, or the name of a month. */
  date: 16,
  /** A unit after a digit, or after a digit and a blank. */
  unit: 32,
  /** A mark as in a host, a path, an address, or a key with its value. */
  mark: 128,
  nonAscii: 256,
  /** An escape, a line break, or two blanks in a row. */
  control: 512,
  /** The same mark of punctuation twice. */
  repeat: 1024,
  /** A word that may be random: its case changes six times, or it is of seven or more letters from a to f. */
  random: 2048,
  /** A colon before `null`, `true` or the like. */
  literal: 4096,
  /** A word after which the name of a user or a host may stand. */
  name: 8192,
  /** A `<`, which may begin a placeholder. */
  placeholder: 16_384,
  equals: 32_768,
  /** A bracket, a colon, a digit, as after an IPv6 address. */
  bracket: 65_536,
  /** A slash that ends a word or stands before a bracket or brace, as in a route. */
  route: 131_072,
  /** `HTTP`, or the name of a method. */
  http: 262_144,
  /** A plus before a digit. */
  plus: 524_288,
} as const;

const LETTER = 1;
const UPPER = 2;
const DIGIT = 4;
const HEX_LETTER = 8;
/** Punctuation that lines are drawn with. */
const DRAWN = 16;
const LITERAL_INITIAL = 64;
const CONTROL = 128;
const QUOTE = 256;
const OTHER_MARK = 512;
/** Letters with which a month, a method, or a word before a name begins. */
const INITIAL = 1024;

const SPACE = 32;
const DASH = 45;
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
addKind('nutfN', LITERAL_INITIAL);
addKind('"\'`', QUOTE);
addKind('@\\~', OTHER_MARK);
addKind('JFMASONDEGPHuUfF', INITIAL);
addKind(Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('') + '\u007f', CONTROL);

const UNITS = new Set(
  `b bit bits bps byte bytes d day days gb gbps gbyte gbytes gib gbit gbits h hour hours hr hrs kb kbps kbit kbits kbyte
   kbytes kib m mb mbps mbit mbits mbyte mbytes mib micros microsecond microseconds millis millisecond milliseconds min
   mins minute minutes ms msec msecs nanosecond nanoseconds ns pb pib s sec second seconds secs t tb tib us week weeks`.split(
    /\s+/,
  ),
);
const MONTH = /(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/y;
const HTTP = /(?:HTTP|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b/y;
const BEFORE_NAME =
  /(?<=(?<![^ "'([{,;:|])(?:for|invalid|illegal|unknown) )user (?!<)|(?<![^ "'([{,;:|])for [^\s<]\S{0,63} from |(?:ENOTFOUND|EAI_AGAIN) /iy;
const LITERAL = /(?:null|undefined|None|true|false|NaN)\b/y;

/** What the first `end` characters of a line may hold: bits of {@link HAS}. */
export function scan(line: string, end: number): number {
  let bits = 0;
  let quotes = 0;
  for (let i = 0; i < end; i++) {
    const code = line.charCodeAt(i);
    if (code > 127) {
      bits |= HAS.nonAscii;
      continue;
    }
    const kind = KINDS[code] as number;
    if (kind & LETTER) {
      const word = scanWord(line, i, end);
      bits |= startWord(line, i, word >>> 16, kind) | (word & HAS.random);
      i = (word >>> 16) - 1;
    } else if (kind & DIGIT) bits |= HAS.digit;
    else if (code === SPACE) bits |= line.charCodeAt(i - 1) === SPACE ? HAS.control : 0;
    else if (kind & QUOTE) {
      bits |= quotes & (1 << (code & 7)) ? HAS.quotes : 0;
      quotes |= 1 << (code & 7);
    } else bits |= scanMark(line, i, code, kind);
  }
  return bits;
}

/** The end of a word of letters, in the upper half, and whether it may be random, in the lower half. */
function scanWord(line: string, start: number, end: number): number {
  let previous = KINDS[line.charCodeAt(start)] as number;
  let common = previous;
  let changes = 0;
  let i = start + 1;
  for (; i < end; i++) {
    const code = line.charCodeAt(i);
    const kind = code < 128 ? (KINDS[code] as number) : 0;
    if (!(kind & LETTER)) break;
    if ((kind ^ previous) & UPPER) changes++;
    common &= kind;
    previous = kind;
  }
  return (i << 16) | (changes > 5 || (common & HEX_LETTER && i - start > 6) ? HAS.random : 0);
}

function startWord(line: string, start: number, end: number, kind: number): number {
  let bits = 0;
  const before = line.charCodeAt(start - 1);
  if (readKind(before === SPACE ? line.charCodeAt(start - 2) : before) & DIGIT) {
    if (UNITS.has(line.slice(start, end).toLowerCase())) bits = HAS.unit;
  }
  return kind & INITIAL && end > start + 2 ? bits | startKnownWord(line, start, kind) : bits;
}

function startKnownWord(line: string, start: number, kind: number): number {
  const next = line.charCodeAt(start + 1);
  const isUpper = readKind(next) & UPPER;
  if (kind & UPPER) {
    if (!isUpper && startsHere(MONTH, line, start)) return HAS.date;
    if (isUpper && startsHere(HTTP, line, start)) return HAS.http;
  }
  // The second letter of `user`, `for`, `ENOTFOUND` and `EAI_AGAIN`.
  const isName = next === 115 || next === 111 || next === 83 || next === 79 || next === 78 || next === 65;
  return isName && startsHere(BEFORE_NAME, line, start) ? HAS.name : 0;
}

function startsHere(sticky: RegExp, line: string, start: number): boolean {
  sticky.lastIndex = start;
  return sticky.test(line);
}

function scanMark(line: string, i: number, code: number, kind: number): number {
  const drawn = kind & DRAWN && line.charCodeAt(i - 1) === code ? HAS.repeat : 0;
  switch (code) {
    case COLON:
      return HAS.mark | scanColon(line, i);
    case 46: // .
    case 47: // /
      return HAS.mark | drawn | (isBesideFourDigits(line, i) ? HAS.date : 0) | (isRoute(line, i, code) ? HAS.route : 0);
    case DASH:
      return drawn | (isBesideFourDigits(line, i) ? HAS.date : 0);
    case 60: // <
      return HAS.mark | HAS.placeholder;
    case 61: // =
      return HAS.mark | HAS.equals | drawn;
    case 43: // +
      return readKind(line.charCodeAt(i + 1)) & DIGIT ? HAS.plus : 0;
    default:
      return drawn | (kind & CONTROL ? HAS.control : 0) | (kind & OTHER_MARK ? HAS.mark : 0);
  }
}

function scanColon(line: string, i: number): number {
  const next = line.charCodeAt(i + 1);
  if (next === 47 && line.charCodeAt(i + 2) === 47) return HAS.url;
  if (readKind(next) & DIGIT) {
    const before = line.charCodeAt(i - 1);
    return (readKind(before) & DIGIT ? HAS.clock : 0) | (before === 93 ? HAS.bracket : 0);
  }
  const value = next === SPACE ? i + 2 : i + 1;
  return readKind(line.charCodeAt(value)) & LITERAL_INITIAL && startsHere(LITERAL, line, value) ? HAS.literal : 0;
}

/** Whether a slash ends a word, or stands before a bracket or brace. */
function isRoute(line: string, i: number, code: number): boolean {
  return code === 47 && !(i + 1 < line.length && readKind(line.charCodeAt(i + 1)) & (LETTER | DIGIT));
}

function isBesideFourDigits(line: string, i: number): boolean {
  return isFourDigits(line, i - 4) || isFourDigits(line, i + 1);
}

function isFourDigits(line: string, start: number): boolean {
  for (let i = start; i < start + 4; i++) if (!(readKind(line.charCodeAt(i)) & DIGIT)) return false;
  return true;
}
