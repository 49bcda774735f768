/** The forms of values that a token may be: an address, a number, random letters. */

import { LETTER, NON_ASCII, UNDERSCORE } from './character-kinds';

const DOT = 46;
const SLASH = 47;
const COLON = 58;

export const IPV6 =
  /^(?:(?=.*\d)(?=.*::|(?:[^:]*:){7})(?:[\da-f]{0,4}:){2,7}(?:[\da-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?:%\w{1,16})?(?:\/\d{1,3})?|:::\d{1,5})$/i;
/** The length of the address of a network card. */
export const MAC_LENGTH = 17;
/** Addresses of network cards, buses and disks. */
export const HEX_GROUPS =
  /^(?:(?=[^\d]*\d)[\da-f]{1,8}(?:[:.][\da-f]{1,8})?:(?:[\da-f]{1,8}[:.]){1,16}[\da-f]{1,8}|[\da-f]{2}([:-])[\da-f]{2}(?:\1[\da-f]{2}){4})$/i;
/** Names of resources, whose parts are joined by colons. */
export const RESOURCE = /^[au]rn:\S/i;
export const MIN_BASE64 = 32;
/** Bytes in base64, long enough to be no path. */
export const BASE64 = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w+-][\w+/-]{31,}={0,2}$/;
export const EMAIL = /^[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}$/i;
export const ABSOLUTE_PATH = /^(?:~|\.{1,2})?\/[^/]|^[a-z]:[\\/]|^\\{1,2}\w/i;
/** A slash, and a dot, a digit or another slash, which two words joined by a slash do not have. */
export const RELATIVE_PATH = /^(?=[^/\\]*[/\\])(?=[^.\d]*[.\d]|[^/\\]*[/\\][^/\\]+[/\\])/;

/** A UUID may be digits alone. */
export const UUID_LENGTH = 36;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** Hexadecimal digits, a version, or a number with its unit. */
const NUMBER_WITH_LETTERS =
  /^(?:#?[\da-f]{4,15}|\d{1,5}x\d{1,5}|[-+]?0x[\da-f]+|[-+]?\d[\d.]*(?:e[-+]?\d+|[a-z]{1,3})|v\d+|v?\d+(?:\.\d+){1,3}(?:[-+][a-z][a-z\d.-]{0,24})?)$/i;
const NO_LETTERS = /^\P{L}*$/u;
const HEX_WORD = /^[a-f]{7,15}$/i;
const MAX_NAME = 253;

/** Whether a text is an address of IP version 4, with its port or mask, perhaps after a name and a slash. */
export function isIp(text: string): boolean {
  const slash = text.lastIndexOf('/');
  if (slash < 0 || !isIpFrom(text, slash + 1, false)) return isIpFrom(text, 0, true);
  return slash <= MAX_NAME && isPlainName(text, slash);
}

function isIpFrom(text: string, start: number, mayHaveMask: boolean): boolean {
  let end = skipDigits(text, start, 3);
  let first = start;
  for (let dots = 0; dots < 3; dots++) {
    if (end === first || text.charCodeAt(end) !== DOT) return false;
    first = end + 1;
    end = skipDigits(text, first, 3);
  }
  if (end === first) return false;
  if (end === text.length) return true;
  const mark = text.charCodeAt(end);
  const most = mark === COLON ? 5 : mark === SLASH && mayHaveMask ? 2 : 0;
  return text.length > end + 1 && skipDigits(text, end + 1, most) === text.length;
}

function skipDigits(text: string, start: number, most: number): number {
  let i = start;
  while (i < start + most && isDigit(text.charCodeAt(i))) i++;
  return i;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const NAME = /^[\w.-]*$/;
function isPlainName(text: string, end: number): boolean {
  return end === 0 || NAME.test(text.slice(0, end));
}

/** Whether a text with a digit is a number, with its sign, unit or version. */
export function isNumber(text: string, kinds: number): boolean {
  const isOfDigits = kinds & NON_ASCII ? NO_LETTERS.test(text) : !(kinds & LETTER);
  return (
    (isOfDigits || (!(kinds & UNDERSCORE) && NUMBER_WITH_LETTERS.test(text))) &&
    !(text.length === UUID_LENGTH && UUID.test(text))
  );
}

/** A word varies if it is hexadecimal, or if its case changes as in no words that are joined to a name. */
export function nameWord(word: string): string {
  if (word.length < 7) return word;
  if (HEX_WORD.test(word)) return '<number>';
  if (word.length < 12 || !/[a-z][A-Z].*[a-z][A-Z]/.test(word)) return word;
  const words = word.replace(/^[a-z]{2,8}[_-]/, '').match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const odd = words.filter((each) => each.length < 3 || !/[aeiouy]/i.test(each));
  return words.length > 3 && odd.length * 2 > words.length ? '<id>' : word;
}
