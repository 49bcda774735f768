/** Values that may hold blanks or punctuation: URLs, quotations, times and sizes. */

import { HAS } from './scan';
import { endsWithTellingKey, REQUEST } from './telling';

const URL_TEXT = /[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'`<>()[\]{},;|]*[^\s"'`<>()[\]{},;|.:!?]/gi;
const IPV6_PORT = /(?<![\w\]])\[(?=[\da-f.]*:)[\da-f:.]{2,45}(?:%\w{1,16})?\]:\d{1,5}(?!\w)/gi;

/** A number of a telephone, with the code of its country. */
const PHONE = /(?<![\w+.])\+\d{1,3}(?:[ -]?\(?\d{2,5}\)?){2,5}(?![\w.:-])/g;

/** A quotation; an apostrophe in a word does not begin one. What is beside it may become a placeholder. */
const QUOTED = new RegExp(
  String.raw`(?<!"|[\p{L}\d]|<[a-z]{1,16}>)"((?:[^"\\]|\\.)*)"(?!"|[\p{L}\d]|<[a-z]+>)|(?<!'|[\p{L}\d]|<[a-z]{1,16}>)'([^']*)'(?!'|[\p{L}\d]|<[a-z]+>)|\x60[^\x60]*\x60`,
  'gu',
);

/** The same in the quotes of print. */
const TYPOGRAPHIC = /“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»/g;

/** Times that contain blanks, commas or a word. */
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
const ZONE = String.raw` ?(?:[AP]M|Z|(?:UTC|GMT)(?:[-+]\d{1,2}(?::?\d\d)?)?|[A-Z]{1,3}[SD]T|[-+]\d\d:?\d\d)\b(?: \([A-Z][\p{L} ]{2,40}\))?`;
const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d(?:[.,:]\d{1,9})?)?(?:${ZONE})?`;
const DATE = String.raw`(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?(?:${MONTH} \d{1,2}(?:,? \d{4})?|\d{1,2}[ /-]${MONTH}[ /-]\d{2,4})`;
const DAY = String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}`;
/** Two numbers alone in parentheses are a line and a column. */
const TIME = new RegExp(
  String.raw`(?<![^\s([{"'=,;|])(?!(?<=\()\d+:\d+\))(?:(?:${DATE}|${DAY})(?:(?:, | at |[ T:,_-])${CLOCK}(?: \d{4}\b)?)?|${CLOCK})(?![\p{L}\d_:/~-])`,
  'gu',
);

/** Amounts with their unit, since the unit varies with the amount: `512 B` and `1.2 KB`, `<1 sec` and `3 minutes`. */
const AMOUNT = String.raw`(?:(?<= )[<~])?(?<![^\s([{"'=:,;|<~])[-+]?\d[\d.,]{0,30}`;
const END = String.raw`(?![\p{L}\d_]|\.\d|-[\p{L}\d])`;
const SIZE = new RegExp(
  String.raw`${AMOUNT} ?(?:[KMGTPkmgtp]i?b|(?:[KMGTPkmgtp]i?)?(?:B|[Bb]ytes?|[Bb]its?)|[KMGkmg]?bps)${END}`,
  'gu',
);
const DURATION = new RegExp(
  String.raw`${AMOUNT}(?: ?(?:[nuµμm]?s|m?secs?|mins?|hrs?|h|(?:nano|micro|milli)?seconds?|millis|minutes?|hours?|days?|weeks?)|[md]|[dhm] ?(?:\d{1,2}[hm] ?)?\d{1,3}(?:\.\d{1,9})?(?:ms|[hms]))${END}`,
  'giu',
);

const { url, bracket, quotes, clock, date, unit, nonAscii, plus } = HAS;

/** Puts placeholders for the values that may hold blanks or punctuation. `has` is what the line may hold. */
export function nameSpans(line: string, has: number): string {
  let key = line;
  if (has & url) key = key.replace(URL_TEXT, '<url>');
  if (has & bracket) key = key.replace(IPV6_PORT, '<host>');
  if (has & quotes) key = key.replace(QUOTED, nameQuoted);
  if (has & nonAscii) key = key.replace(TYPOGRAPHIC, '<text>');
  if (has & plus) key = key.replace(PHONE, '<number>');
  if (has & (clock | date)) key = key.replace(TIME, '<time>');
  if (has & (unit | nonAscii)) key = key.replace(SIZE, '<size>').replace(DURATION, '<time>');
  return key;
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
  return isTelling || REQUEST.test(double ?? single ?? '') ? quoted : '<text>';
}

function isJsonKey(before: string, after: string): boolean {
  return /^ ?:/.test(after) && /(?:^|[{,]) ?$/.test(before);
}
