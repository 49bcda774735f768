/** Names the tokens of a line that vary: numbers, ids, hosts, paths and addresses, each by the form of the token alone. */

import {
  AT,
  COLON,
  DASH,
  DELIMITER,
  DIGIT,
  DOT,
  EQUALS,
  findKind,
  LETTER,
  LOWER,
  NAMED,
  NON_ASCII,
  OTHER,
  readKinds,
  SLASH,
  UNDERSCORE,
  UPPER,
} from './character-kinds';
import {
  ABSOLUTE_PATH,
  BASE64,
  EMAIL,
  HEX_GROUPS,
  IPV6,
  isIp,
  isNumber,
  MAC_LENGTH,
  MIN_BASE64,
  nameWord,
  RELATIVE_PATH,
  RESOURCE,
  UUID_LENGTH,
} from './forms';
import { isHostName } from './host-name';
import { HAS } from './scan';
import { type Context, endsWithTellingKey, isKnownName, isTelling, isTellingValue, mayBeTelling } from './telling';

/** A placeholder in a key, as the source of a regular expression. */
export const PLACEHOLDER = '<[a-z]+>';
const PLACEHOLDERS = new RegExp(`(${PLACEHOLDER})`);
const PLACEHOLDER_HERE = new RegExp(PLACEHOLDER, 'y');

const OTHER_SCRIPT = /(?=\P{ASCII})\p{L}/u;
/** A key, also one with a few digits: `p95=`, `k8s=`. */
const PLAIN_KEY = /^(?!.*\d{4})[a-z_][\w.-]{0,31}$/i;

const { http, random } = HAS;
/** Kinds of which a token varies, or may. */
const MAY_VARY = DIGIT | DOT | SLASH | AT | EQUALS;
const MARK = OTHER | UNDERSCORE;
/** Kinds that no code has. */
const NO_CODE = LOWER | SLASH | AT | EQUALS | NON_ASCII | UNDERSCORE;

/** Puts placeholders for the tokens that vary. A token is a run between blanks, quotes, brackets and separators. */
export function nameTokens(line: string, has: number): string {
  let key = '';
  let end = 0;
  const context = { line, start: 0, mayBeStatus: (has & http) !== 0 };
  const others = has & random ? LETTER : 0;
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
    const kind = findKind(code);
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
  if (!(kinds & ~(DIGIT | DASH | MARK)) && end - start !== UUID_LENGTH) {
    return mayBeTelling(context) && isTelling(line.slice(start, end), context) ? line.slice(start, end) : '<number>';
  }
  const token = line.slice(start, end);
  if (kinds & NAMED) return nameBeside(token);
  if (kinds & DIGIT) {
    if (!(kinds & NO_CODE) && mayBeTelling(context) && isTelling(token, context)) return token;
    if (kinds & LETTER && (isKnownName(token, !(kinds & LOWER)) || isJsonKey(token, context))) return token;
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
    if (token.charCodeAt(3) === 58 && RESOURCE.test(token)) return '<id>';
    if (kinds & DIGIT && IPV6.test(token)) return '<host>';
  }
  const mayBeGroups = (kinds & DIGIT && kinds & COLON) || token.length === MAC_LENGTH;
  if (mayBeGroups && kinds & (COLON | DASH) && HEX_GROUPS.test(token)) return '<id>';
  if (kinds & (DOT | COLON) && !(kinds & SLASH) && isHostName(token)) return '<host>';
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
  if (key === '' || value === '' || value.startsWith('=')) return nameEach(token);
  const name = PLAIN_KEY.test(key) ? key : nameEach(key);
  if (!endsWithTellingKey(key)) return `${name}=<value>`;
  return isTellingValue(key, value) ? token : `${name}=${nameEach(value)}`;
}

function nameParts(token: string, kinds: number): string {
  if (kinds & (COLON | AT)) return nameEach(token);
  if (!(kinds & (DIGIT | SLASH))) return nameWord(token);
  if (kinds & (DOT | SLASH | NON_ASCII)) return namePart(token, kinds);
  return isNumber(token, kinds) ? '<number>' : '<id>';
}

/** Names the parts of a token between colons and at signs. */
function nameEach(token: string): string {
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
  if (kinds & DOT && ((kinds & DIGIT && isIp(part)) || (!(kinds & SLASH) && isHostName(part)))) return '<host>';
  if (kinds & SLASH) {
    if (ABSOLUTE_PATH.test(part)) return '<path>';
    if (RELATIVE_PATH.test(part) && !isNumber(part, kinds)) return '<path>';
  }
  if (!(kinds & DIGIT)) return nameWord(part);
  if (isNumber(part, kinds)) return '<number>';
  return OTHER_SCRIPT.test(part) ? nameDigits(part) : '<id>';
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
