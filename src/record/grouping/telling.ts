/** What stays in a key because it says what happened: codes, statuses, methods, and the values of some keys. */

import { endingWith } from './endings';
import { nameWord } from './forms';
import { METHODS } from './vocabulary';

/** Keys whose value says what happened, by how they end. */
const endsAsTelling = endingWith(
  `status state level lvl severity event action method type reason error err errno msg message code sqlstate result outcome
  command cmd operation op`,
);
const MAX_KEY = 40;

export const REQUEST = new RegExp(`^(?:${METHODS}|CONNECT|TRACE) `);

/** Names of protocols, formats and platforms with a digit in them: they tell messages apart. */
const KNOWN =
  /^(?:http[123]|ssh[12]|ipv[46]|utf-?(?:8|16|32)|sha-?\d{1,3}|md5|base(?:32|58|64)|x86(?:_64)?|x64|(?:arm|amd|win)(?:32|64)|u?int(?:8|16|32|64)|float(?:32|64)|s3|ec2|r2|oauth[12]?|k8s|log4j2?|h2c?|h26[45]|mp[34]|tls(?:v?1(?:\.[0-3])?)?|p2p|b2b|e2e|i18n|l10n|a11y|v8|[23]fa|argon2(?:id?)?|p\d{2,3})$/i;

/** The name of a code with a digit in one of its words: `ERR_HTTP2_STREAM_ERROR`. */
const CONSTANT =
  /^(?=(?:\w*_)?[A-Z]{2,}_(?:\w*_)?[A-Z]{2,}(?:_|$))(?:[A-Z]{2,}|[A-Z]{1,5}\d{1,3})(?:_(?:[A-Z]{2,}|[A-Z]{1,5}\d{1,3}))+$/;

const STATUS = /^[1-5]\d\d$/;
/** The text before an HTTP status. */
const BEFORE_STATUS = new RegExp(
  String.raw`(?:(?<![\w.@#/\\-])(?:status(?:[ _-]?code)?"?(?: ?[:=] ?| )|respon(?:ds?|ded|se)(?: with)? |HTTP(?:\/(?:[\d.]{1,5}|<number>))?"? )|\b(?:${METHODS}) \S{1,256}(?: [-=]>| returned)? )$`,
  'i',
);
const AFTER_STATUS = new RegExp(String.raw`^ (?:${METHODS})\b`);
/** Words before an HTTP status, and before the path that stands before one. */
const endsBeforeStatus = endingWith('status code responds responded respond response with http');
const endsAsMethod = endingWith(METHODS.toLowerCase().replaceAll('|', ' '));

/** A short code, as of an exit, a socket, a database: `1006`, `-111`, `P2002`, `40P01`, `HY000`. */
const MAX_CODE = 10;
const CODE = /^(?:-?\d{1,5}|[A-Z]{1,4}-?\d{3,5}|\d{2}[A-Z\d]\d{2})$/;
const endsAsCode = endingWith('code status level lvl errno sqlstate');
/** What stands before the number of an error, as in `error 1205`, and before its code, as in `failed: P2025`. */
const ERROR_NAME = /(?:^e|E)rror$/;
const BEFORE_CODE = /(?:error|exception|warning|failed|failure|with)$/i;
const ERROR_NUMBER = /^\d{3,5}$/;
/** Letters and digits as the code of an error has them: `E11000`, `TS2345`; and as hardly anything else has. */
const ERROR_CODE = /^[A-Z]{1,4}-?\d{4,5}$/;
const PLAIN_CODE = /^(?:[A-Z]\d{4,5}|[A-Z]{2,4}-\d{5})$/;

function listCodes(characters: string): Uint8Array {
  const codes = new Uint8Array(128);
  for (const character of characters) codes[character.charCodeAt(0)] = 1;
  return codes;
}

const IN_NAME = listCodes('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-');
/** What may stand before a name; after anything else its letters are a part of something longer. */
const BEFORE_NAME = listCodes(' "\'<([{,;|');
/** Marks between the name of a code and the code. */
const BETWEEN = listCodes(' "\'(:=[');
/** The last letters of the names of codes and errors. */
const LAST_LETTERS = listCodes('esolrnhdgESOLRNDG');

/** Whether a text ends with a key whose value says what happened, also if the key is in double quotes. */
export function endsWithTellingKey(text: string): boolean {
  const end = text.endsWith('"') ? text.length - 1 : text.length;
  // The name of a class of errors is no key of a value.
  return endsAsTelling(text, end) && !text.startsWith('Error', end - 5) && findName(text, end) >= 0;
}

/** Where the name begins that ends here; -1 if it is a part of something else, or too long. */
function findName(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start <= MAX_KEY && IN_NAME[text.charCodeAt(start - 1)]) start--;
  const isPart = end - start > MAX_KEY || (start > 0 && BEFORE_NAME[text.charCodeAt(start - 1)] !== 1);
  return isPart ? -1 : start;
}

/** @param isCapital - whether all letters are capitals */
export function isKnownName(token: string, isCapital: boolean): boolean {
  return (token.length <= 10 && KNOWN.test(token)) || (isCapital && token.length <= 64 && CONSTANT.test(token));
}

/** Where a token stands. */
export interface Context {
  readonly line: string;
  readonly start: number;
  /** Whether the line holds the name of a method, or `HTTP`. */
  readonly mayBeStatus: boolean;
}

/** Whether a token with digits may say what happened, by the characters before it. */
export function mayBeTelling({ line, start, mayBeStatus }: Context): boolean {
  if (mayBeStatus || isBracket(line, start)) return true;
  const end = skipMarks(line, start);
  return end === 0 || (end < start && LAST_LETTERS[line.charCodeAt(end - 1)] === 1);
}

/** Whether a token with digits says what happened, by the text before it. */
export function isTelling(token: string, { line, start, mayBeStatus }: Context): boolean {
  if (token.length > MAX_CODE) return false;
  if (token.length === 3 && (mayBeStatus || isAfterWord(line, start)) && STATUS.test(token)) {
    if (BEFORE_STATUS.test(line.slice(Math.max(0, start - 300), start))) return true;
    if (mayBeStatus && AFTER_STATUS.test(line.slice(start + 3, start + 12))) return true;
  }
  if (!CODE.test(token)) return false;
  const end = skipMarks(line, start);
  const nameStart = end < start ? findName(line, end) : -1;
  const name = nameStart >= 0 ? line.slice(nameStart, end) : '';
  if (name !== '' && endsAsCode(line, end) && nameWord(name) === name) return true;
  if (line[end] === ' ' && ERROR_NAME.test(name) && ERROR_NUMBER.test(token)) return true;
  if (line[end] === ':' && PLAIN_CODE.test(token)) return true;
  return (end === 0 || isBracket(line, start) || BEFORE_CODE.test(name)) && ERROR_CODE.test(token);
}

/** Whether a word stands before a token, and perhaps another one, after which a status may stand. */
function isAfterWord(line: string, start: number): boolean {
  if (line.charCodeAt(start - 1) !== 32 || !(line.charCodeAt(start - 2) > 96)) return false;
  return endsBeforeStatus(line, start - 1) || endsAsMethod(line, line.lastIndexOf(' ', start - 2));
}

function isBracket(line: string, start: number): boolean {
  const before = line.charCodeAt(start - 1);
  return before === 91 || before === 40;
}

/** The end of the text before a token, without the marks that stand between the name of a code and the code. */
function skipMarks(line: string, start: number): number {
  let end = start;
  while (end > 0 && start - end < 5 && BETWEEN[line.charCodeAt(end - 1)]) end--;
  return end;
}

/** Whether the value of a telling key is a code. */
export function isTellingValue(key: string, value: string): boolean {
  return isTelling(value, { line: `${key}=`, start: key.length + 1, mayBeStatus: false });
}
