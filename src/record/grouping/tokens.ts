/** Names the tokens of a line that vary: numbers, ids, hosts, paths and addresses, each by the form of the token alone. */

import { KIND, PLACEHOLDER, readToken } from './character-kinds';
import { MAC_LENGTH, nameDigits, nameEach, nameParts, nameWhole } from './forms';
import { HAS } from './has';
import { isMailReply } from './mail-replies';
import { type Context, isCodeValue, isTelling, mayBeTelling } from './telling-codes';
import { endsWithTellingKey, isKnownName } from './telling-names';

const PLACEHOLDERS = new RegExp(`(${PLACEHOLDER})`);
/** A key, also one with a few digits: `p95=`, `k8s=`. */
const PLAIN_KEY = /^(?!.*\d{4})[a-z_][\w.-]{0,31}$/i;

/** More numbers after one: `=2,048`, `=17,18,19`. */
const NUMBERS = /(?<=\d)(?:,\d[\d.]*)+(?=[\s"'`()[\]{},;|]|$)/y;
const HTTP_VERSION = /^HTTPS?\/[\d.]{1,5}$/i;
const AFTER_SLASH = /\/.*/;
/** A host of one label, with its port: the words before it tell, or that its own words are joined. */
const SERVICE = /^[a-z][\w-]{0,62}:\d{2,5}$/i;
const JOINED_SERVICE = /^[a-z]+(?:-[a-z]+)+:\d{4,5}$/;
const BEFORE_HOST = /(?:(?<!\w)(?:connect(?:ed|ing|ion)?(?: to)?|tcp|host|server|broker|address)|\bE[A-Z]{4,}) $/;

/** An image of a container with its tag, and the words before it that tell. */
const IMAGE = /^[a-z][\w.-]{0,62}:v?\d[\w.-]{0,62}$/;
const BEFORE_IMAGE = /(?<![\w-])(?:image|(?:pull|push)(?:ing|ed)?)(?: from| to)?:? $/i;
/** A path with its query, after a method or a key. */
const QUERIED_PATH = /^[\w.-]{1,64}:\/[^/?][^?]*\?|^[\w.-]{1,64}:\/\?/;

const { http, random } = HAS;
const { digit, small, capital, dot, slash, colon, dash, at, equals, nonAscii, named, other, star, underscore } = KIND;
const LETTER = small | capital;
/** Kinds of which a token varies, or may. */
const MAY_VARY = digit | dot | slash | at | equals;
const NO_LETTER = digit | dash | other | star | underscore;
const GLOB = star | colon;
/** Kinds that no code has. */
const NO_CODE = small | slash | at | equals | nonAscii | star | underscore;

/** Puts placeholders for the tokens that vary. A token is a run between blanks, quotes, brackets and separators. */
export function nameTokens(line: string, has: number): string {
  let key = '';
  let end = 0;
  const context = { line, start: 0, mayBeStatus: (has & http) !== 0 };
  const others = has & random ? LETTER : 0;
  for (let i = 0; i < line.length; i++) {
    const token = readToken(line, i);
    const kinds = token & 0xffff;
    if (
      kinds & named
        ? kinds & digit
        : kinds & (MAY_VARY | others) || (kinds & GLOB) === GLOB || isMac(line, i, token >>> 16)
    ) {
      const stop = trimPunctuation(line, i, token >>> 16);
      context.start = line.charCodeAt(i) === 58 && line.charCodeAt(i + 1) !== 58 ? i + 1 : i;
      if (stop > context.start) {
        key += line.slice(end, context.start) + nameToken(line, stop, kinds, context);
        end = kinds & equals && line.charCodeAt(stop) === 44 ? skipNumbers(line, stop) : stop;
      }
    }
    i = Math.max(token >>> 16, end);
  }
  return end === 0 ? line : key + line.slice(end);
}

/** The end of the numbers that follow one after an equals sign, which tells as much by itself. */
function skipNumbers(line: string, start: number): number {
  NUMBERS.lastIndex = start;
  return NUMBERS.test(line) ? NUMBERS.lastIndex : start;
}

/** The address of a network card, if it is of letters only. */
function isMac(line: string, start: number, end: number): boolean {
  const third = line.charCodeAt(start + 2);
  return end - start >= MAC_LENGTH && (third === 45 || third === 58);
}

/** The end without the punctuation of a sentence. */
function trimPunctuation(line: string, start: number, end: number): number {
  let last = end;
  for (; last > start; last--) {
    const code = line.charCodeAt(last - 1);
    if (code === 46 && line.charCodeAt(last - 2) === 42) break;
    if (code !== 46 && code !== 58 && code !== 33 && code !== 63) break;
  }
  return last;
}

function nameToken(line: string, end: number, kinds: number, context: Context): string {
  const { start } = context;
  if (!(kinds & ~NO_LETTER)) {
    const isTold =
      isMailReply(line, start, end) || (mayBeTelling(context) && isTelling(line.slice(start, end), context));
    return isTold ? line.slice(start, end) : '<number>';
  }
  const token = line.slice(start, end);
  if (kinds & named) return nameBeside(token);
  if (kinds & digit) {
    if (!(kinds & NO_CODE) && (isMailReply(line, start, end) || isTelling(token, context))) return token;
    if (kinds & slash && context.mayBeStatus && HTTP_VERSION.test(token))
      return token.replace(AFTER_SLASH, '/<number>');
    if (kinds & colon && kinds & LETTER) {
      if (SERVICE.test(token) && isHost(token, context)) return '<host>';
      if (IMAGE.test(token) && BEFORE_IMAGE.test(line.slice(Math.max(0, start - 24), start))) return '<path>';
      if (isCode(token)) return token;
    }
    // The letters of a hexadecimal number.
    if (kinds & small && token.startsWith('0x') && isTelling(token, context)) return token;
    if (kinds & LETTER && (isKnownName(token, !(kinds & small)) || isJsonKey(token, context))) return token;
  }
  const whole = nameWhole(token, kinds);
  if (whole !== undefined) return whole;
  if (!(kinds & equals)) return nameParts(token, kinds);
  return isEmptyValue(token, line, end) ? `${token}<value>` : nameKeyAndValue(token);
}

/** A code next to the colon after its name: `errno:-104`. */
function isCode(token: string): boolean {
  const key = token.slice(0, token.indexOf(':'));
  return isCodeValue(key, ':', token.slice(key.length + 1)) && PLAIN_KEY.test(key);
}

function isHost(service: string, { line, start }: Context): boolean {
  return JOINED_SERVICE.test(service) || BEFORE_HOST.test(line.slice(Math.max(0, start - 24), start));
}

/** A key in double quotes, also if it holds a few digits. */
function isJsonKey(token: string, { line, start }: Context): boolean {
  return line.charCodeAt(start - 1) === 34 && line.charCodeAt(start + token.length) === 34 && PLAIN_KEY.test(token);
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
  if (QUERIED_PATH.test(key)) return `${nameEach(key.slice(0, key.indexOf(':')))}:<path>`;
  if (key === '' || value === '' || value.startsWith('=')) return nameEach(token);
  const name = PLAIN_KEY.test(key) ? key : nameEach(key);
  if (!endsWithTellingKey(key)) return `${name}=<value>`;
  return isCodeValue(key, '=', value) ? token : `${name}=${nameEach(value)}`;
}

/** Names what is beside placeholders; a plain key stays. */
function nameBeside(token: string): string {
  const equals = token.indexOf('=');
  const start = equals > 0 && PLAIN_KEY.test(token.slice(0, equals)) ? equals : 0;
  return token.slice(0, start) + token.slice(start).split(PLACEHOLDERS).map(nameDigits).join('');
}
