/** Names values by their form alone: numbers, ids, hosts, paths and addresses. */

import { KIND, readKinds } from './character-kinds';
import { isHostName, isSourcePosition } from './host-name';

const { digit, small, capital, dot, slash, colon, dash, at, nonAscii, star } = KIND;
const LETTER = small | capital;

const IPV6 =
  /^(?:(?=.*\d)(?=.*::|(?:[^:]*:){7})(?:[\da-f]{0,4}:){2,7}(?:[\da-f]{1,4}|\d{5}|(?:\d{1,3}\.){3}\d{1,3})?(?:%\w{1,16})?(?:\/\d{1,3})?|:::\d{1,5})$/i;
/** The length of the address of a network card. */
export const MAC_LENGTH = 17;
/** Addresses of network cards, buses and disks. */
const HEX_GROUPS =
  /^(?:(?=[^\d]*\d)[\da-f]{1,8}(?:[:.][\da-f]{1,8})?:(?:[\da-f]{1,8}[:.]){1,16}[\da-f]{1,8}|[\da-f]{2}([:-])[\da-f]{2}(?:\1[\da-f]{2}){4})$/i;
/** Names of resources, whose parts are joined by colons. */
const RESOURCE = /^[au]rn:\S/i;
const MIN_BASE64 = 32;
/** Bytes in base64, so long that they are no path, or padded. */
const BASE64 = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w+-][\w+/-]{17,}={0,2}$/;
const EMAIL = /^[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}$/i;
const ABSOLUTE_PATH = /^(?:~|\.{1,2})?\/{1,2}[^/]|^[a-z]:[\\/]|^\\{1,2}\w/i;
/** A slash, and a dot, a digit or another slash, which two words joined by a slash do not have. */
const RELATIVE_PATH =
  /^(?!\d[\d.]*\/(?:[a-z]{1,3}|second|minute|hour|day)$)(?=[^/\\]*[/\\])(?=[^.\d]*[.\d]|[^/\\]*[/\\][^/\\]+[/\\])/;

/** A star in place of a name, or of a part of one that has dots: `src/**`, `*.log`, `session:*`. */
const GLOB = /^(?!\*+\w.*\w\*+$|.*\d\*\d|\d[\d-]*\/\*$)(?=.*(?:\*.*[./\\]|[./\\].*\*|:\*(?::|$)|^\*:))[^=*]*\*[^=]*$/;
/** A zone of time. */
const ZONE = /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)\/[A-Z][\w/+-]+$/;

/** A path, and a line of it or a version. */
const PLACED = /^<path>(?:[:@]<number>)+$/;

/** Times and durations without separators: `20241231T235959Z`, `PT15M`. */
const ISO_TIME = /^(?:\d{8}T\d{4,6}(?:\.\d{1,9})?Z?|P(?=T?\d)(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?)$/;
const HEX_WORD = /^#?[a-f]{7,}$/i;
const MAX_NAME = 253;
const PLAIN_NAME = /^[\w.-]*$/;
const OTHER_SCRIPT = /(?!\p{Script=Latin})\p{L}/u;
/** Printable ASCII with a digit, beside another script. */
const ASCII_RUN = /[!-~]*\d[!-~]*/g;
/** A package with its version. */
const PACKAGE = /^@?[\w./-]{1,64}@v?\d+\.\d+(?:\.\d+)?(?:[-+][\w.+-]+)?$/;

/** What stands for a token that is one value as a whole. */
export function nameWhole(token: string, kinds: number): string | undefined {
  if (kinds & digit) {
    if (kinds & dot && isIp(token)) return '<host>';
    if (kinds & capital && ISO_TIME.test(token)) return '<time>';
    if (kinds & capital && (token.length >= MIN_BASE64 || token.endsWith('==')) && BASE64.test(token))
      return '<number>';
  }
  if (kinds & colon) {
    if (token[3] === ':' && RESOURCE.test(token)) return '<url>';
    if (kinds & digit && IPV6.test(token)) return '<host>';
  }
  const mayBeGroups = (kinds & digit && kinds & colon) || token.length === MAC_LENGTH;
  if (mayBeGroups && kinds & (colon | dash) && HEX_GROUPS.test(token)) return '<number>';
  if (kinds & (dot | colon) && !(kinds & slash) && isHostName(token)) return '<host>';
  if (kinds & at && EMAIL.test(token)) return '<email>';
  if (kinds & star && kinds & (dot | slash | colon) && GLOB.test(token)) return '<path>';
  if (kinds & slash && kinds & capital && ZONE.test(token)) return '<time>';
  return kinds & slash && ABSOLUTE_PATH.test(token) ? '<path>' : undefined;
}

/** What a token becomes, in parts if it has some. */
export function nameParts(token: string, kinds: number): string {
  if (kinds & dot && kinds & digit) {
    if (kinds & at && PACKAGE.test(token)) return '<number>';
    if (kinds & colon && isSourcePosition(token)) return '<path>';
  }
  if (!(kinds & (colon | at))) return namePart(token, kinds);
  const key = kinds & at && kinds & colon ? nameMailbox(token) : nameEach(token);
  return kinds & slash && PLACED.test(key) ? '<path>' : key;
}

/** An address of e-mail may stand behind a colon, as in `mailto:ann@example.com`. */
function nameMailbox(token: string): string {
  const colon = token.lastIndexOf(':');
  const isEmail = EMAIL.test(token.slice(colon + 1));
  return isEmail ? `${nameEach(token.slice(0, colon))}:<email>` : nameEach(token);
}

/** Names the parts of a token between colons and at signs. */
export function nameEach(token: string): string {
  let key = '';
  let start = 0;
  for (let i = 0; i < token.length; i++) {
    const code = token.charCodeAt(i);
    if (code !== 58 && code !== 64) continue;
    const part = token.slice(start, i);
    key += namePart(part, readKinds(part)) + token[i];
    start = i + 1;
  }
  const last = start === 0 ? token : token.slice(start);
  return key + namePart(last, readKinds(last));
}

function namePart(part: string, kinds: number): string {
  if (kinds & dot && ((kinds & digit && isIp(part)) || (!(kinds & slash) && isHostName(part)))) return '<host>';
  if (kinds & slash) {
    if (ABSOLUTE_PATH.test(part)) return '<path>';
    if (kinds & (LETTER | nonAscii) && RELATIVE_PATH.test(part)) return '<path>';
  }
  if (!(kinds & digit)) return nameWord(part);
  return kinds & nonAscii && OTHER_SCRIPT.test(part) ? part.replace(ASCII_RUN, nameRun) : '<number>';
}

function nameRun(run: string): string {
  return namePart(run, readKinds(run));
}

/** A text with its numbers named. */
export function nameDigits(text: string): string {
  return text.replace(/\d[\d.]*/g, '<number>');
}

/** Whether a text is an address of IP version 4, with its port or mask, perhaps after a name and a slash. */
function isIp(text: string): boolean {
  const start = text.lastIndexOf('/') + 1;
  if (start === 0 || !isIpFrom(text, start, false)) return isIpFrom(text, 0, true);
  return start === 1 || (start <= MAX_NAME + 1 && PLAIN_NAME.test(text.slice(0, start - 1)));
}

function isIpFrom(text: string, start: number, mayHaveMask: boolean): boolean {
  let first = start;
  let end = skipDigits(text, first, 3);
  for (let dots = 0; dots < 3; dots++) {
    if (end === first || text.charCodeAt(end) !== 46) return false;
    first = end + 1;
    end = skipDigits(text, first, 3);
  }
  if (end === first) return false;
  if (end === text.length) return true;
  const mark = text[end];
  const most = mark === ':' ? 5 : mark === '/' && mayHaveMask ? 2 : 0;
  return text.length > end + 1 && skipDigits(text, end + 1, most) === text.length;
}

function skipDigits(text: string, start: number, most: number): number {
  let i = start;
  for (; i < start + most; i++) {
    const code = text.charCodeAt(i);
    if (!(code >= 48 && code <= 57)) break;
  }
  return i;
}

/** What stands for a word: it varies if it is hexadecimal, or if its case changes as in no words that are joined to a name. */
export function nameWord(word: string): string {
  if (word.length < 7) return word;
  if (HEX_WORD.test(word)) return '<number>';
  if (word.length < 12 || !/[a-z][A-Z].*[a-z][A-Z]/.test(word)) return word;
  const words = word.replace(/^[a-z]{2,8}[_-]/, '').match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const odd = words.filter((each) => each.length < 3 || !/[aeiouy]/i.test(each));
  return words.length > 3 && odd.length * 2 > words.length ? '<number>' : word;
}
