/** The form of a text: the text without the digits whose values no rule looks at, so that all texts of a form have one key. */

import { CHARACTERS } from './code-at';
import { endingWith } from './endings';
import { mayBeMailStatus } from './mail-replies';
import { isBeforeCode } from './telling-codes';
import { METHODS, MONTHS } from './vocabulary';

const { codeAt } = CHARACTERS;

const LETTER = 1;
const DIGIT = 2;
/** Is a part of a name, as letters and digits are. */
const IN_NAME = 4;
/** May stand between the name of a code and the digits of the code. */
const BETWEEN = 8;
/** May be another character, or none, in the line that the rules see. */
const UNSURE = 16;

const KINDS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[a-z]/i.test(character)) KINDS[code] = LETTER;
  else if (/\d/.test(character)) KINDS[code] = DIGIT;
  else if (code < 32 || code === 127) KINDS[code] = UNSURE;
  else KINDS[code] = (/[_.-]/.test(character) ? IN_NAME : 0) | (/[ "'(:=[#-]/.test(character) ? BETWEEN : 0);
}

const PARENTHESIS = 40;
const COMMA = 44;
const DASH = 45;
const DOT = 46;
const UNDERSCORE = 95;

/** Stands for a digit of any value. */
const ANY_DIGIT = 0;
/** So many digits in a row are in no name that stays, as `p95` and `k8s` do, and no status of HTTP. */
const LONG = 4;
const STATUS_LENGTH = 3;
const MAY_HAVE_STATUS = new RegExp(`HTTP|${METHODS}|://|<url>`);
const endsAsMonth = endingWith(MONTHS.toLowerCase().replaceAll('|', ' '));

/**
 * Writes the form of a text, and tells whether it is another one than the text; if not, what is written means nothing.
 *
 * Rules look at the value of digits only in codes, statuses, years and names; one that looks at it elsewhere is to be heeded here.
 */
export function writeForm(text: string, form: Uint8Array): boolean {
  let isOther = false;
  let isInName = false;
  let mayHaveStatus: boolean | undefined;
  /** The end of what stands before a number, and perhaps tells that it is a code. */
  let end = 0;
  const { length } = text;
  for (let i = 0; i < length; ) {
    const code = codeAt.call(text, i);
    const kind = code < 128 ? (KINDS[code] as number) : UNSURE;
    if (kind & LETTER) {
      i = copyWord(text, i, form);
      isInName = true;
      end = i;
    } else if (kind & DIGIT) {
      const start = i;
      i = skipDigits(text, start);
      if (i - start === STATUS_LENGTH && mayBeMailStatus(text, i)) return false;
      let isAny = i - start < LONG ? !isInName && isShortAny(text, i, end) : isLongAny(text, start, i, end);
      if (isAny && i - start === STATUS_LENGTH && codeAt.call(text, start - 1) !== DOT)
        isAny = !(mayHaveStatus ??= MAY_HAVE_STATUS.test(text));
      for (let at = start; at < i; at++) form[at] = isAny ? ANY_DIGIT : codeAt.call(text, at);
      isOther ||= isAny;
      end = i;
    } else {
      if (kind & UNSURE) return false;
      form[i++] = code;
      isInName = code === UNDERSCORE || (isInName && (kind & IN_NAME) !== 0);
      if (!(kind & BETWEEN)) end = i;
    }
  }
  return isOther;
}

/** @param before - the end of what stands before the digits */
function isShortAny(text: string, end: number, before: number): boolean {
  return !isLetter(text.charCodeAt(end)) && !isBeforeCode(text, before);
}

function isLongAny(text: string, start: number, end: number, before: number): boolean {
  const last = text.charCodeAt(start - 1);
  if (mayBeInCode(last === DASH ? text.charCodeAt(start - 2) : last) || isBeforeCode(text, before)) return false;
  if (end - start > LONG) return true;
  return last !== PARENTHESIS && !endsAsMonth(text, text.charCodeAt(before - 1) === COMMA ? before - 1 : before);
}

/** Whether a letter may be in a code before four digits or more: `E11000`, `ORA-00942`, `0x80004005`. */
function mayBeInCode(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 102) || code === 120;
}

function isLetter(code: number): boolean {
  const small = code | 32;
  return small >= 97 && small <= 122;
}

function copyWord(text: string, start: number, form: Uint8Array): number {
  let i = start;
  for (const { length } = text; i < length; i++) {
    const code = codeAt.call(text, i);
    if (!isLetter(code)) break;
    form[i] = code;
  }
  return i;
}

function skipDigits(text: string, start: number): number {
  let i = start;
  for (const { length } = text; i < length; i++) {
    const code = codeAt.call(text, i);
    if (code < 48 || code > 57) break;
  }
  return i;
}
