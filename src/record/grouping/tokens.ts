/** Names the tokens of a line that vary: numbers, ids, hosts, paths and addresses, each by the form of the token alone. */

import { isHostName } from './host-name';
import { HAS } from './scan';
import { type Context, endsWithTellingKey, isKnownName, isTelling, isTellingValue, mayBeTelling } from './telling';

/** A placeholder in a key, as the source of a regular expression. */
export const PLACEHOLDER = '<[a-z]+>';
const PLACEHOLDERS = new RegExp(`(${PLACEHOLDER})`);
const PLACEHOLDER_HERE = new RegExp(PLACEHOLDER, 'y');

/** What a token is made of, as bits. */
const DIGIT = 1;
const LETTER = 2;
const DOT = 4;
const SLASH = 8;
const COLON = 16;
const DASH = 32;
const AT = 64;
const EQUALS = 128;
const NON_ASCII = 256;
const NAMED = 512;
const OTHER = 1024;
const UPPER = 2048;
/** Ends a token. */
const DELIMITER = 4096;

const KINDS = new Uint16Array(128).fill(OTHER);
function setKind(characters: string, kind: number): void {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}
setKind('0123456789', DIGIT);
setKind('abcdefghijklmnopqrstuvwxyz', LETTER);
setKind('ABCDEFGHIJKLMNOPQRSTUVWXYZ', LETTER | UPPER);
setKind('.', DOT);
setKind('/\\', SLASH);
setKind(':', COLON);
setKind('-', DASH);
setKind('@', AT);
setKind('=', EQUALS);
setKind(' "\'`<>()[]{},;|', DELIMITER);

const IP_PORT = /^(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2}|:\d{1,5})?$/;
const NAMED_IP_PORT = /^[\w.-]{0,253}\/(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?$/;
const IPV6 =
  /^(?:(?=.*\d)(?=.*::|(?:[^:]*:){7})(?:[\da-f]{0,4}:){2,7}(?:[\da-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?:%\w{1,16})?(?:\/\d{1,3})?|:::\d{1,5})$/i;
const MAC_LENGTH = 17;
/** Addresses of network cards, buses and disks. */
const HEX_GROUPS =
  /^(?:(?=[^\d]*\d)[\da-f]{1,8}(?:[:.][\da-f]{1,8})?:(?:[\da-f]{1,8}[:.]){1,16}[\da-f]{1,8}|[\da-f]{2}([:-])[\da-f]{2}(?:\1[\da-f]{2}){4})$/i;
/** Names of resources, whose parts are joined by colons. */
const RESOURCE = /^[au]rn:\S/i;
const MIN_BASE64 = 32;
/** Bytes in base64, long enough to be no path. */
const BASE64 = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w+-][\w+/-]{31,}={0,2}$/;
const EMAIL = /^[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}$/i;
const ABSOLUTE_PATH = /^(?:~|\.{1,2})?\/[^/]|^[a-z]:[\\/]|^\\{1,2}\w/i;
/** A slash, and a dot, a digit or another slash, which two words joined by a slash do not have. */
const RELATIVE_PATH = /^(?=[^/\\]*[/\\])(?=[^.\d]*[.\d]|[^/\\]*[/\\][^/\\]+[/\\])/;

/** A UUID may be digits alone. */
const UUID_LENGTH = 36;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** Hexadecimal digits, a version, or a number with its unit. */
const NUMBER_WITH_LETTERS =
  /^(?:#?[\da-f]{4,15}|\d{1,5}x\d{1,5}|[-+]?0x[\da-f]+|[-+]?\d[\d.]*(?:e[-+]?\d+|[a-z]{1,3})|v\d+|v?\d+(?:\.\d+){1,3}(?:[-+][a-z][a-z\d.-]{0,24})?)$/i;
const NO_LETTERS = /^\P{L}*$/u;
const HEX_WORD = /^[a-f]{7,15}$/i;
const OTHER_SCRIPT = /(?=\P{ASCII})\p{L}/u;
/** A key, also one with a few digits: `p95=`, `k8s=`. */
const PLAIN_KEY = /^(?!.*\d{4})[a-z_][\w.-]{0,31}$/i;

const { http, random } = HAS;
/** Kinds of which a token varies, or may. */
const MAY_VARY = DIGIT | DOT | SLASH | AT | EQUALS;

/** Puts placeholders for the tokens that vary. A token is a run between blanks, quotes, brackets and separators. */
export function nameTokens(line: string, has: number): string {
  let key = '';
  let end = 0;
  const context = { line, start: 0, mayBeStatus: (has & http) !== 0 };
  const others = has & random ? UPPER | LETTER : 0;
  for (let i = 0; i < line.length; i++) {
    const token = readToken(line, i);
    const kinds = token & 0xffff;
    if (kinds & NAMED ? kinds & DIGIT : kinds & (MAY_VARY | others) || isMac(kinds, token >>> 16, i)) {
      const stop = trimPunctuation(line, i, token >>> 16);
      context.start = line.charCodeAt(i) === 58 && line.charCodeAt(i + 1) !== 58 ? i + 1 : i;
      if (stop > context.start) {
        key += line.slice(end, context.start) + nameToken(line, stop, kinds, context);
        end = stop;
      }
    }
    i = token >>> 16;
  }
  return end === 0 ? line : key + line.slice(end);
}

/** The end of the token that starts here, in the upper half, and the kinds of its characters, in the lower half. */
function readToken(line: string, start: number): number {
  let kinds = 0;
  let i = start;
  while (i < line.length) {
    const code = line.charCodeAt(i);
    const kind = code < 128 ? (KINDS[code] as number) : NON_ASCII;
    if (kind & DELIMITER) {
      if (code !== 60 || !isPlaceholder(line, i)) break;
      kinds |= NAMED;
      i = PLACEHOLDER_HERE.lastIndex;
    } else {
      kinds |= kind;
      i++;
    }
  }
  return (i << 16) | kinds;
}

/** Whether a placeholder begins here; it ends at the expression's `lastIndex`. */
function isPlaceholder(line: string, i: number): boolean {
  PLACEHOLDER_HERE.lastIndex = i;
  return PLACEHOLDER_HERE.test(line);
}

/** The address of a network card, if it is of letters only. */
function isMac(kinds: number, end: number, start: number): boolean {
  return (kinds & COLON) !== 0 && end - start >= MAC_LENGTH;
}

/** The end without the punctuation of a sentence. */
function trimPunctuation(line: string, start: number, end: number): number {
  let last = end;
  for (; last > start; last--) {
    const code = line.charCodeAt(last - 1);
    if (code !== 46 && code !== 58 && code !== 33 && code !== 63) break;
  }
  return last;
}

function nameToken(line: string, end: number, kinds: number, context: Context): string {
  const { start } = context;
  if (!(kinds & ~(DIGIT | DASH | OTHER)) && end - start !== UUID_LENGTH) {
    return mayBeTelling(context) && isTelling(line.slice(start, end), context) ? line.slice(start, end) : '<number>';
  }
  const token = line.slice(start, end);
  if (kinds & NAMED) return nameBeside(token);
  if (kinds & DIGIT) {
    if (mayBeTelling(context) && isTelling(token, context)) return token;
    if (kinds & LETTER && (isKnownName(token) || isJsonKey(token, context))) return token;
  }
  const whole = nameWhole(token, kinds);
  if (whole !== undefined) return whole;
  if (!(kinds & EQUALS)) return nameParts(token, kinds);
  return isEmptyValue(token, line, end) ? `${token}<value>` : nameKeyAndValue(token);
}

/** A key in double quotes, also if it holds a few digits. */
function isJsonKey(token: string, { line, start }: Context): boolean {
  return line.charCodeAt(start - 1) === 34 && line.charCodeAt(start + token.length) === 34 && PLAIN_KEY.test(token);
}

function nameWhole(token: string, kinds: number): string | undefined {
  if (kinds & DIGIT) {
    if (kinds & DOT && isIp(token)) return '<host>';
    if (token.length >= MIN_BASE64 && kinds & UPPER && BASE64.test(token)) return '<id>';
  }
  if (kinds & COLON) {
    if (RESOURCE.test(token)) return '<id>';
    if (kinds & DIGIT && IPV6.test(token)) return '<host>';
  }
  if ((kinds & COLON || (kinds & DASH && token.length === MAC_LENGTH)) && HEX_GROUPS.test(token)) return '<id>';
  if (kinds & (DOT | COLON) && isHostName(token)) return '<host>';
  if (kinds & AT && EMAIL.test(token)) return '<email>';
  return kinds & SLASH && ABSOLUTE_PATH.test(token) ? '<path>' : undefined;
}

/** A key whose value is empty, in a line of keys and values. */
function isEmptyValue(token: string, line: string, end: number): boolean {
  if (!token.endsWith('=') || (end < line.length && line.charCodeAt(end) !== 32)) return false;
  const key = token.slice(0, -1);
  return PLAIN_KEY.test(key) && !endsWithTellingKey(key);
}

function nameKeyAndValue(token: string): string {
  const equals = token.indexOf('=');
  const key = token.slice(0, equals);
  const value = token.slice(equals + 1);
  if (key === '' || value === '' || value.startsWith('=')) return nameParts(token, COLON);
  const name = PLAIN_KEY.test(key) ? key : nameParts(key, COLON);
  if (!endsWithTellingKey(key)) return `${name}=<value>`;
  return isTellingValue(key, value) ? token : `${name}=${nameParts(value, COLON)}`;
}

function isIp(token: string): boolean {
  return IP_PORT.test(token) || (token.includes('/') && NAMED_IP_PORT.test(token));
}

function nameParts(token: string, kinds: number): string {
  if (kinds & (COLON | AT)) return splitParts(token);
  if (!(kinds & (DIGIT | SLASH))) return nameWord(token);
  if (kinds & (DOT | SLASH | NON_ASCII)) return namePart(token);
  return isNumber(token) ? '<number>' : '<id>';
}

function splitParts(token: string): string {
  const parts = token.split(/([:@])/);
  return parts.map(namePart).join('');
}

function namePart(part: string): string {
  if (/[./\\]/.test(part)) {
    if (isIp(part) || isHostName(part)) return '<host>';
    if (ABSOLUTE_PATH.test(part)) return '<path>';
    if (RELATIVE_PATH.test(part) && !isNumber(part)) return '<path>';
  }
  if (!/\d/.test(part)) return nameWord(part);
  if (isNumber(part)) return '<number>';
  return OTHER_SCRIPT.test(part) ? nameDigits(part) : '<id>';
}

/** Whether a text with a digit is a number, with its sign, unit or version. */
function isNumber(text: string): boolean {
  return (NUMBER_WITH_LETTERS.test(text) || NO_LETTERS.test(text)) && !(text.length === UUID_LENGTH && UUID.test(text));
}

/** A word varies if it is hexadecimal, or if its case changes as in no words that are joined to a name. */
function nameWord(word: string): string {
  if (word.length < 7) return word;
  if (HEX_WORD.test(word)) return '<number>';
  if (word.length < 12 || !/[a-z][A-Z].*[a-z][A-Z]/.test(word)) return word;
  const words = word.replace(/^[a-z]{2,8}[_-]/, '').match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const odd = words.filter((each) => each.length < 3 || !/[aeiouy]/i.test(each));
  return words.length > 3 && odd.length * 2 > words.length ? '<id>' : word;
}

/** Names what is beside placeholders; a plain key stays. */
function nameBeside(token: string): string {
  const equals = token.indexOf('=');
  const start = equals > 0 && PLAIN_KEY.test(token.slice(0, equals)) ? equals : 0;
  return token.slice(0, start) + token.slice(start).split(PLACEHOLDERS).map(nameDigits).join('');
}

function nameDigits(text: string): string {
  return text.replace(/\d[\d.]*/g, '<number>');
}
