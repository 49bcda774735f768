/** Tells what stands beside the placeholders of a key, so that only the expressions that could match are tried. */

import { mayBePlural } from './plurals';

/** What may stand beside placeholders, as bits. */
export const BESIDE = {
  /** A word that may be a plural. */
  plural: 1,
  /** What may be a currency. */
  sign: 2,
  /** Another placeholder. */
  list: 4,
  dash: 8,
  /** A bracket before and behind, with a blank or a text. */
  bracket: 16,
  /** A colon before, and perhaps the end of a part of the text behind. */
  field: 32,
  /** A word and a slash, or a unit of time after one. */
  rate: 64,
  /** A comparison, as in a range of versions. */
  compared: 128,
  /** An interval that is open at one end. */
  open: 256,
} as const;

const { bracket, compared, dash, field, list, open, plural, rate, sign } = BESIDE;

const SPACE = 32;
const COLON = 58;
const LESS_THAN = 60;
const GREATER_THAN = 62;

/** What stands beside the placeholders of a key: bits of {@link BESIDE}. */
export function findBeside(key: string): number {
  let found = 0;
  for (let start = key.indexOf('<'); start >= 0; start = key.indexOf('<', start + 1)) {
    const end = key.indexOf('>', start) + 1;
    if (end === 0) break;
    found |= findBefore(key, start, end) | findAfter(key, end, key.charCodeAt(start + 1));
  }
  return found;
}

function findBefore(key: string, start: number, end: number): number {
  const isApart = key.charCodeAt(start - 1) === SPACE;
  const at = isApart ? start - 2 : start - 1;
  const before = key.charCodeAt(at);
  if (before === LESS_THAN || before === GREATER_THAN) return !isApart && isComparison(key, at) ? compared : 0;
  if (before === COLON) return endsPart(key, end) || !isApart ? field : 0;
  if (before === 91 || before === 40)
    return endsPart(key, end)
      ? (isApart || isText(key, start) ? bracket : 0) |
          findBeforeBracket(key, at) |
          (isOpen(key, before, end) ? open : 0)
      : 0;
  // A capital or a sign, as of a currency.
  return isApart && ((before >= 65 && before <= 90) || before === 36 || before > 127) ? sign : 0;
}

/** Whether a sign stands alone, and is no end of an arrow or a placeholder. */
function isComparison(key: string, at: number): boolean {
  const before = key.charCodeAt(at - 1);
  return before === SPACE || before === 64 || before === 34 || before === 40;
}

/** Whether what begins with a bracket of one kind, before one or two numbers, ends with one of the other. */
function isOpen(key: string, before: number, end: number): boolean {
  const second = key.charCodeAt(end) === 44 || key.charCodeAt(end) === 59 ? key.indexOf('<number>', end) : -1;
  const last = second === end + 1 || second === end + 2 ? second + '<number>'.length : end;
  return key.charCodeAt(last) === (before === 91 ? 41 : 93);
}

function isText(key: string, start: number): boolean {
  return key.startsWith('<text>', start) || key.startsWith('<name>', start);
}

function findBeforeBracket(key: string, at: number): number {
  return key.charCodeAt(at - 1) === COLON || key.charCodeAt(at - 2) === COLON ? field : 0;
}

/** Whether a part of a key ends here, perhaps after a blank: with a bracket, with punctuation, or with the key. */
function endsPart(key: string, end: number): boolean {
  const next = key.charCodeAt(key.charCodeAt(end) === SPACE ? end + 1 : end);
  return !(next >= 48) || next === 59 || next === 63 || next === 93 || next === 125;
}

/** @param initial - the first letter of the placeholder's name */
function findAfter(key: string, end: number, initial: number): number {
  const second = key.charCodeAt(end + 1);
  if (second === LESS_THAN && key.charCodeAt(end) === SPACE) return key.charCodeAt(end + 2) === initial ? list : 0;
  const isNear = key.charCodeAt(end + 2) === LESS_THAN || key.charCodeAt(end + 3) === LESS_THAN;
  const found = second === LESS_THAN || isNear ? list : 0;
  if (key.charCodeAt(end) !== SPACE) return found;
  if (second === 45 || second === 0x2013) return found | dash;
  if (second === 97 && key.startsWith('and <', end + 1)) return list;
  if (initial !== 110) return found;
  if (second < 97 || second > 122) return found | sign;
  return found | readCounted(key, end + 1);
}

/** What the word that begins here, after a number, may be. */
function readCounted(key: string, start: number): number {
  let i = start;
  while (key.charCodeAt(i) >= 97 && key.charCodeAt(i) <= 122) i++;
  const isRate = key.charCodeAt(i) === 47 || key.startsWith(' per ', i) || key.startsWith('per ', start);
  return (isRate ? rate : 0) | (mayBePlural(key, start, i) ? plural : 0);
}
