/** What stays in a key because it says what happened, by its name: the values of some keys, and names with digits. */

import { endingWith } from './endings';
import { METHODS } from './vocabulary';

/** Keys whose value says what happened, by how they end. */
const endsAsTelling = endingWith(
  `status statuses state level lvl severity event action method type reason error err errno msg message code codes sqlstate exit
  signal syscall result outcome command cmd operation op`,
);
/** The same, as whole names. */
const endsAsShortKey = endingWith('rc ret sig');
const SHORT_KEY = /^(?:rc|ret|sig)$/i;
const MAX_KEY = 40;

export const REQUEST = new RegExp(`^(?:${METHODS}|CONNECT|TRACE) `);

/** Names of protocols, formats and platforms with a digit in them: they tell messages apart. */
const KNOWN =
  /^(?:http[123]|http[_-]?[1-5]\d\d|ssh[12]|ipv[46]|utf-?(?:8|16|32)|sha-?\d{1,3}|md5|base(?:32|58|64)|x86(?:_64)?|x64|(?:arm|amd|win)(?:32|64)|u?int(?:8|16|32|64)|float(?:32|64)|s3|ec2|r2|oauth[12]?|k8s|log4j2?|h2c?|h26[45]|mp[34]|tls(?:v?1(?:\.[0-3])?)?|p2p|b2b|e2e|i18n|l10n|a11y|v8|[23]fa|argon2(?:id?)?|p\d{2,3})$/i;

/** The name of a code with a digit in one of its words: `ERR_HTTP2_STREAM_ERROR`. */
const CONSTANT =
  /^(?=(?:\w*_)?[A-Z]{2,}_(?:\w*_)?[A-Z]{2,}(?:_|$))(?:[A-Z]{2,}|[A-Z]{1,5}\d{1,3})(?:_(?:[A-Z]{2,}|[A-Z]{1,5}\d{1,3}))+$/;

/** The code of an error of Oracle or of Microsoft's accounts. */
const VENDOR_CODE = /^(?:(?:NJS|DPI|DPY|ORA|TNS|PLS)-\d{3,5}|AADSTS\d{5,7})$/;

/** A table of some characters, by their codes. */
export function listCharacters(characters: string): Uint8Array {
  const codes = new Uint8Array(128);
  for (const character of characters) codes[character.charCodeAt(0)] = 1;
  return codes;
}

const IN_NAME = listCharacters('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-');
/** What may stand before a name; after anything else its letters are a part of something longer. */
const BEFORE_NAME = listCharacters(' "\'<([{,;|');

/** Whether a text ends with a key whose value says what happened, also if the key is in double quotes. */
export function endsWithTellingKey(text: string): boolean {
  const end = text.endsWith('"') ? text.length - 1 : text.length;
  // The name of a class of errors is no key of a value.
  if (endsAsTelling(text, end)) return !text.startsWith('Error', end - 5) && findName(text, end) >= 0;
  return isShortKey(text, end);
}

/** Whether a short name that is no part of another one ends here, as `rc`. */
export function isShortKey(text: string, end: number): boolean {
  return endsAsShortKey(text, end) && SHORT_KEY.test(text.slice(findName(text, end), end));
}

/** Where the name begins that ends here; -1 if it is a part of something else, or too long. */
export function findName(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start <= MAX_KEY && IN_NAME[text.charCodeAt(start - 1)]) start--;
  const isPart = end - start > MAX_KEY || (start > 0 && BEFORE_NAME[text.charCodeAt(start - 1)] !== 1);
  return isPart ? -1 : start;
}

/** @param isCapital - whether all letters are capitals */
export function isKnownName(token: string, isCapital: boolean): boolean {
  if (token.length <= 10 && KNOWN.test(token)) return true;
  return isCapital && token.length <= 64 && (CONSTANT.test(token) || VENDOR_CODE.test(token));
}
