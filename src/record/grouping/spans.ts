/** Values that may hold blanks or punctuation: URLs, quotations, times and sizes. */

import { HAS } from './has';
import { isCodeAfter } from './telling-codes';
import { endsWithTellingKey, REQUEST } from './telling-names';
import { DAYS, findUnit, LONG_DAYS, MONTHS, ZONES } from './vocabulary';

/** A URL may have brackets in it, but not around it. */
const URL_TEXT =
  /[a-z][a-z\d+.-]{1,20}:\/\/(?:[^\s"'`<>()[\]{},;|]|\[[\da-f:.]{2,45}\]|[([{][\w.-]{0,64}[)\]}])+(?<![.:!?])/gi;
const IPV6_PORT = /(?<![\w\]])\[(?=[\da-f.]*:)[\da-f:.]{2,45}(?:%\w{1,16})?\]:\d{1,5}(?!\w)/gi;

/** A number of a telephone, with the code of its country. */
const PHONE = /(?<![\w+.])\+\d{1,3}(?:[ -]?\(?\d{2,5}\)?){2,5}(?![\w.:-])/g;

/** A quotation; an apostrophe in a word does not begin one. What is beside it may become a placeholder. */
const QUOTED = new RegExp(
  String.raw`(?<!"|[\p{L}\d]|<[a-z]{1,16}>)"((?:[^"\\]|\\.)*)"(?!"|[\p{L}\d]|<[a-z]+>)|(?<!'|[\p{L}\d]|<[a-z]{1,16}>)'([^']*(?:(?<=\p{L})'(?=\p{L})[^']*)*)'(?!'|[\p{L}\d]|<[a-z]+>)|\x60[^\x60]*\x60`,
  'gu',
);

/** The same in the quotes of print. */
const TYPOGRAPHIC = /“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|‘[^‘’]*’/g;

/** What may stand before a value: nothing, or a key with its colon, but no part of an identifier that has colons. */
const APART = String.raw`(?<![^\s([{"'=,;|<~:])(?:(?<!:)|(?<=(?<![^\s([{"'=,;|])[a-zA-Z_.-]{2,64}["']?:))`;

/** When a job is to run, as cron has it. */
const CRON_NAME = `${DAYS}|${MONTHS}`;
const CRON_FIELD = String.raw`(?:(?:\*|\d{1,2}|${CRON_NAME})(?:-(?:\d{1,2}|${CRON_NAME}))?(?:\/\d{1,2})?(?:,(?=\S)|(?=\s|$|["'\x60).;:])))+`;
const CRON = new RegExp(
  String.raw`(?<![^\s"'\x60(=:])(?=[\d*])(?=[^*]{0,40}\*)${CRON_FIELD}(?: ${CRON_FIELD}){4,5}`,
  'g',
);

/** Bytes, as Node prints them. */
const BUFFER = /<Buffer(?: [\da-f]{2})*(?: ?\.\.\. \d+ more bytes?)?>/g;

/** How far something has come, drawn in brackets beside a number, or in blocks. */
const BAR = /\[(?!\.+\])(?:[=#*.-]+>?|>) ?[ ._-]*\](?:(?= ?\(?\d)|(?<=\d% \[[^\]]*\]))/g;
const BLOCKS = /[\u2580-\u259f\u25a0\u25a1\u25aa-\u25af\u25b0\u25b1\u25cb\u25cf\u2501\u2578\u257a\u2b1b\u2b1c]{2,}/g;

/** Times that contain blanks, commas or a word. */
const MONTH = String.raw`(?:${MONTHS})\b`;
const ZONE = String.raw`(?: ?[AaPp][Mm]\b)?(?: ?(?:Z|(?:UTC|GMT)(?:[-+]\d{1,2}(?::?\d\d)?)?|${ZONES}|[-+]\d\d(?::?\d\d)?)\b)?(?: \([A-Z][\p{L} ]{2,40}\))?`;
const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d(?:[.,:]\d{1,9})?)?${ZONE}`;
const DATE = String.raw`(?:(?:${DAYS}),? )?(?:${MONTH} \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|${MONTH},? (?:19|20)\d\d|\d{1,2}(?:[/-]|\.? )${MONTH}(?:[ /-]\d{2,4})?)`;
const DAY = String.raw`(?:(?:${DAYS}),? )?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/]\d{1,2}[-/]\d{4}|\d\d\.\d\d\.\d{4}|\d{1,2}\.\d{1,2}\.\d{4}(?=,? \d{1,2}:\d\d)|\d{1,2}\/\d{1,2}\/\d\d(?=,? \d{1,2}:\d\d))`;
const DATED = String.raw`(?:${DATE}|${DAY})(?:(?:, | at |[ T:,_-])${CLOCK}(?: \d{4}\b)?)?`;
/** A day of the week, or a month, where a time may stand. */
const BEFORE_DAY =
  '(?<=\\b(?:on|every|each|next|last|this|until|till|since|from|to|by|of|in|for|during|before|after|through|and) )';
const NAMED = String.raw`(?:${DAYS})[-–](?:${DAYS})|(?:${LONG_DAYS})|${BEFORE_DAY}(?:${DAYS}|${MONTH})|(?:${DAYS})(?=,? (?:\d{1,2}:\d\d|<time>))|(?<=(?:\d|<time>),? \(?)(?:${DAYS})`;
/** Two numbers are a line and a column in parentheses, after a word that says so, or if the first has one digit. */
const POSITION = String.raw`\d:\d\d(?! ?[AaPp][Mm]|:)|(?<=\(|\b(?:position|line) )\d+:\d+(?!:)`;
const TIME = new RegExp(
  String.raw`(?=[A-Z\d])${APART}(?:${DATED}|${NAMED}|(?<!:)(?!${POSITION})${CLOCK})(?![\p{L}\d_/~-]|:\S)`,
  'gu',
);

/**
 * A number with a word that may be its unit, since the unit varies with the amount: `512 B` and `1.2 KB`, `<1 sec`
 * and `1m12s`.
 */
const AMOUNT = new RegExp(
  String.raw`(?:(?<= )[<~])?${APART}[-+]?(\d[\d.,]{0,30})( ?)([a-zA-Zµμ]{1,12})(\/(?:s(?:ec)?|min|m|h|hour)|\/\d[\d.]{0,9} ?[kKMGT]i?B|(?:\d{1,3}(?:\.\d{1,9})?(?:ms|[hms]))*)(?![\p{L}\d_]|[.:-][\p{L}\d<])`,
  'gu',
);
type AmountParts = [number: string, apart: string, unit: string, rest: string, at: number, line: string];
/** What is counted, after an amount with a letter for thousands or millions of it. */
const THOUSANDS = /^[KMGTB]$/;
const COUNTED = /^ [a-z]{3,}s(?![\w-])/;
const MAX_WORD = 24;
/** So many digits and a `d` are a hexadecimal number. */
const MAX_DAYS = 5;

const { url, bar, bracket, cron, quotes, clock, date, unit, nonAscii, placeholder, plus } = HAS;

/** Puts placeholders for the values that may hold blanks or punctuation. `has` is what the line may hold. */
export function nameSpans(line: string, has: number): string {
  let key = line;
  if (has & url) key = key.replace(URL_TEXT, nameUrl);
  if (has & bracket) key = key.replace(IPV6_PORT, '<host>');
  if (has & quotes) key = key.replace(QUOTED, nameQuoted);
  if (has & nonAscii) key = key.replace(TYPOGRAPHIC, '<text>').replace(BLOCKS, '<number>');
  if (has & placeholder) key = key.replace(BUFFER, '<number>');
  if (has & cron) key = key.replace(CRON, '<time>');
  if (has & bar) key = key.replace(BAR, '[<number>]');
  if (has & plus) key = key.replace(PHONE, '<number>');
  if (has & (clock | date)) key = key.replace(TIME, '<time>');
  if (has & (unit | nonAscii)) key = key.replace(AMOUNT, nameAmount);
  return key;
}

function nameUrl(url: string): string {
  return /^file:/i.test(url) ? '<path>' : '<url>';
}

function nameAmount(amount: string, ...[number, apart, unit, rest, at, line]: AmountParts): string {
  if (THOUSANDS.test(unit) && COUNTED.test(line.slice(at + amount.length, at + amount.length + MAX_WORD)))
    return amount;
  const name = findUnit(unit, apart !== '');
  const isHex = unit === 'd' && number.length > MAX_DAYS;
  return name === undefined || isHex || (/^\d/.test(rest) && name === '<size>') ? amount : name;
}

function nameQuoted(
  quoted: string,
  double: string | undefined,
  single: string | undefined,
  ...where: unknown[]
): string {
  const [at, line] = where as [number, string];
  const before = line.slice(Math.max(0, at - 64), at);
  if (double !== undefined && isJsonKey(before, line.slice(at + quoted.length, at + quoted.length + 2))) return quoted;
  const key = before.replace(/[:=] ?$/, '');
  const isTelling = key !== before && endsWithTellingKey(key);
  const text = double ?? single ?? '';
  return isTelling || REQUEST.test(text) || isCodeAfter(before, text) ? quoted : '<text>';
}

function isJsonKey(before: string, after: string): boolean {
  return /^ ?:/.test(after) && /(?:^|[{,]) ?$/.test(before);
}
