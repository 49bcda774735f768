/** Tells which tokens with digits say what happened: statuses of HTTP, and codes of exits, signals, databases and errors. */

import { endingWith } from './endings';
import { nameWord } from './forms';
import { findName, isShortKey, listCharacters } from './telling-names';
import { METHODS } from './vocabulary';

const STATUS = /^[1-5]\d\d$/;
const PROTOCOLS = 'HTTP|SMTP|FTP|AMQP|SIP';
const ANSWERED = '(?:respon(?:ds?|ded|se)|answer(?:s|ed)?|repl(?:y|ies|ied))(?: with)?';
/** What answers a request, and what may fail with its status. */
const SERVER = 'server|upstream|api|service|endpoint|backend|proxy|gateway|webhook|origin';
const CALL = 'request|fetch|call|download|upload|query|delivery|command';
/** Between a request or a URL and the status that it got. */
const TO_STATUS = String.raw`(?:(?: (?:[-=]>|→|\||[-–]|returned))|:)? [([]?`;
/** The text before a status of HTTP, or of a protocol that has such statuses. */
const BEFORE_STATUS = new RegExp(
  [
    String.raw`(?<![\w.@#/\\-])status(?:[ _-]?code)?"?(?: ?[:=] ?| )$`,
    String.raw`(?<![\w.@#/\\-])(?:${ANSWERED}:?|(?:${ANSWERED}|got|gets|received|returns|returned|gave) an?) $`,
    String.raw`(?<![\w.@#/\\-])(?:${PROTOCOLS})(?:\/(?:[\d.]{1,5}|<number>))?"? $`,
    String.raw`(?<![\w.@#/\\-])(?:(?:${SERVER}) (?:returned|returns|gave|sent)|(?:${SERVER}|${CALL}) failed(?: with|:)?) [([]?$`,
    String.raw`\b(?:invalid (?:login|greeting)|recipients were rejected): $`,
  ].join('|'),
  'i',
);
/** A request. In small letters its method is a word as any other: `failed to delete user 404`. */
const REQUEST = new RegExp(String.raw`\b(?:${METHODS}) \S{1,256}${TO_STATUS}$`);
/** The same in a line that has a URL or a method. */
const BEFORE_ITS_STATUS = new RegExp(
  String.raw`(?:fail(?:s|ed|ure)|error|rejected|refused|unavailable|return(?:s|ed)|got|gave)(?: with)?:? [([]?$|<url>["']?${TO_STATUS}$`,
  'i',
);
/** A method; or, before a quoted request, a second status and the bytes that came and went, or what stands for them. */
const AFTER_STATUS = new RegExp(
  String.raw`[)\]]? (?:(?:(?:[1-5]\d\d|-) -?\d+ -?\d+|(?:- )?<number>) ")?(?:${METHODS})\b`,
  'y',
);
/** Words before an HTTP status. */
const BEFORE_STATUSES =
  'status code responds responded respond response with answer answers answered reply replies replied a an returned returns gave got sent failed login greeting rejected http smtp ftp amqp sip';
const endsBeforeStatus = endingWith(BEFORE_STATUSES);

/**
 * A short code, as of an exit, a socket, a database: `1006`, `-111`, `P2002`, `40P01`, `HY000`, `1/FAILURE`; and those of a program
 * that crashed on Windows.
 */
const CODE =
  /^(?:#?-?\d{1,5}|[A-Z]{1,4}-?\d{3,6}|\d[A-Z\d]{2}\d{2}|0x[\da-fA-F]{1,8}|3221\d{6}|-107374\d{4}|\d{1,3}\/[A-Z]{2,})$/;
const MAX_CODE = 11;
const CODES = 'code codes status statuses level lvl severity errno sqlstate hresult';
const endsAsCode = endingWith(CODES);
/** Words after which a number may be a count as well. */
const ENDS = 'exit exits exited signal';
const endsAsEnd = endingWith(ENDS);
/** Words between the name of a code and the code, and the text that ends with one. */
const LINKS = 'with by number is was alert';
const endsAsLink = endingWith(LINKS);
const LINKED =
  /(?:(?:code|status|errno|sqlstate|signal|alert) (?:number|is|was)|\b(?:TLS|SSL) alert|\bexit(?:s|ed|ing)? (?:with|by))$/i;
const CLOSED = /\b(?:clos(?:ed?|ing)|disconnect(?:ed)?)(?: with)?$/i;
const CLOSE_CODE = /^(?:10[01]\d|4\d{3})$/;

/** What stands before the number of an error, as in `error 1205`, and before its code, as in `failed: P2025`. */
const ERROR_NAME = /(?:^e|E)rror$|^ERROR$|^(?:Http|HTTP)[A-Za-z]*Exception$/;
const BEFORE_CODE = /(?:error|exception|warning|failed|failure|with|rule|raised|threw|said)$/i;
const ERROR_NUMBER = /^(?:#?\d{3,5}|-\d{1,5})$/;
const SHORT_NUMBER = /^#?\d{1,2}$/;
/** What a call of the system returns that fails. */
const NEGATIVE = /^-\d{1,4}$/;
const FAILED = /^(?:returned|failed|failure)$/i;
/** Letters and digits as the code of an error has them: `E11000`, `TS2345`, `40P01`; and as hardly anything else has. */
const ERROR_CODE = /^(?:[A-Z]{1,4}-?\d{4,5}|MY-\d{6}|(?=.*[A-Z])\d[A-Z\d]{2}\d{2}|0x[8cC]0[\da-fA-F]{6})$/;
const RULE_CODE = /^[A-Z]{1,4}\d{3}$/;
const PLAIN_CODE = /^(?:[A-Z]\d{4,5}|[A-Z]{2,4}-\d{5})$/;
/** What a database said. */
const SAYS = /^(?:said|says|raised|threw|throws)$/i;
const SQLSTATE = /^\d{5}$/;
/** Those that are often met, which are codes also in brackets after less telling words. */
const SQLSTATES = new Set(
  `08000 08001 08003 08004 08006 22001 22003 22007 22008 22012 22023 23000 23001 23502 23503 23505 23514 25006 26000 28000 40001 40002
  40003 42501 42601 42602 42622 42701 42702 42703 42704 42710 42723 42803 42804 42830 42846 42883 53000 53100 53200 53300 53400 54000
  54001 55000 55006 57000 57014 58000 58030`.split(/\s+/),
);
const BEFORE_SQLSTATE = /(?:exception|failed|failure|violation)$/i;

/** A plural, so that the number before it may be a count. */
const COUNTED = / [a-z]{2,}s(?![\w-])/y;
const SMALL_WORD = / [a-z\d]/y;
const END = /[:;,)\]]|$/y;

/** The number of an error and its text, as clients of databases print them. */
const TUPLE_NUMBER = /^[1-4]\d{3}$/;
const TUPLE = /, (?:<text>|["'])/y;
/** A time after a month and a day next to a letter, with which the lines of Kubernetes begin. */
const CLOCK = / (?:\d\d:\d\d:|<time>)/y;

/** Marks between the name of a code and the code. */
const BETWEEN = listCharacters(' "\'(:=[');
/** The last two letters of all words after which a token may be a code. */
const LAST_LETTERS = new Uint8Array(1024);
const BEFORE_CODES = `${BEFORE_STATUSES} ${CODES} ${ENDS} ${LINKS} rc ret sig error exception warning failed failure violation rule raised threw
  throws said says close closed closing disconnect disconnected`;
const endsBeforeCode = endingWith(BEFORE_CODES);
for (const word of BEFORE_CODES.split(/\s+/)) {
  LAST_LETTERS[pairLetters(word, word.length)] = 1;
}

const PLACEHOLDER_END = 62;

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
  if (end === 0 || end === start) return end === 0;
  return LAST_LETTERS[pairLetters(line, end)] === 1 || line.charCodeAt(end - 1) === PLACEHOLDER_END;
}

/** Whether a word ends here after which a number may be a code. */
export function isBeforeCode(line: string, end: number): boolean {
  return LAST_LETTERS[pairLetters(line, end)] === 1 && endsBeforeCode(line, end);
}

/** The two letters before the end of a text as one number, whatever their case. */
function pairLetters(text: string, end: number): number {
  return ((text.charCodeAt(end - 2) & 31) << 5) | (text.charCodeAt(end - 1) & 31);
}

/** Whether a token with digits says what happened, by the text before it. */
export function isTelling(token: string, context: Context): boolean {
  if (token.length > MAX_CODE) return false;
  if (token.length === 3 && STATUS.test(token) && isStatus(context)) return true;
  if (!CODE.test(token)) return false;
  const { line, start } = context;
  const end = skipMarks(line, start);
  const nameStart = end < start ? findName(line, end) : -1;
  const name = nameStart >= 0 ? line.slice(nameStart, end) : '';
  if (name !== '' && isNamedCode(name, token, line, end, start)) return true;
  if (line[end] === ':' && PLAIN_CODE.test(token)) return true;
  if (line.charCodeAt(start - 1) === 40 && TUPLE_NUMBER.test(token))
    return matchesAt(TUPLE, line, start + token.length);
  if (!ERROR_CODE.test(token)) return false;
  if (end === 0) return !matchesAt(CLOCK, line, start + token.length);
  return isBracket(line, start) || BEFORE_CODE.test(name);
}

/** Whether a token is the code of what the name before it says. */
function isNamedCode(name: string, token: string, line: string, end: number, start: number): boolean {
  const stop = start + token.length;
  if (endsAsCode(line, end)) return nameWord(name) === name;
  if (endsAsEnd(line, end)) return !matchesAt(COUNTED, line, stop);
  if (isShortKey(line, end)) return true;
  if (ERROR_NAME.test(name)) return isErrorNumber(token, line, end, stop);
  if (CLOSE_CODE.test(token) && CLOSED.test(line.slice(Math.max(0, end - 16), end)))
    return !matchesAt(COUNTED, line, stop);
  if (endsAsLink(line, end) && LINKED.test(line.slice(Math.max(0, end - 24), end))) return true;
  if (NEGATIVE.test(token)) return isBracket(line, start) ? FAILED.test(name) : /^returned$/i.test(name);
  if (RULE_CODE.test(token)) return /^rule$/i.test(name);
  if (isBracket(line, start) && BEFORE_SQLSTATE.test(name)) return SQLSTATES.has(token);
  return SAYS.test(name) && SQLSTATE.test(token) && !matchesAt(COUNTED, line, stop);
}

function isErrorNumber(token: string, line: string, end: number, stop: number): boolean {
  const mark = line[end];
  if (mark === '(' || mark === '[') return ERROR_NUMBER.test(token);
  if (mark === ' ') return ERROR_NUMBER.test(token) || (SHORT_NUMBER.test(token) && matchesAt(END, line, stop));
  return mark === ':' && ERROR_NUMBER.test(token) && !matchesAt(SMALL_WORD, line, stop);
}

function isStatus({ line, start, mayBeStatus }: Context): boolean {
  const stop = start + 3;
  if (mayBeStatus || isAfterWord(line, start)) {
    const before = line.slice(Math.max(0, start - 300), start);
    if (BEFORE_STATUS.test(before) || (mayBeStatus && REQUEST.test(before))) return !matchesAt(COUNTED, line, stop);
  }
  if (mayBeStatus && matchesAt(AFTER_STATUS, line, stop)) return true;
  const hasStatus = BEFORE_ITS_STATUS.test(line.slice(Math.max(0, start - 24), start));
  return hasStatus && (mayBeStatus || line.includes('<url>')) && !matchesAt(COUNTED, line, stop);
}

/** Whether a word stands before a token after which a status may stand. */
function isAfterWord(line: string, start: number): boolean {
  const first = isBracket(line, start) ? start - 1 : start;
  if (line.charCodeAt(first - 1) !== 32) return false;
  const end = line.charCodeAt(first - 2) === 58 ? first - 2 : first - 1;
  return line.charCodeAt(end - 1) > 64 && endsBeforeStatus(line, end);
}

function matchesAt(sticky: RegExp, line: string, start: number): boolean {
  sticky.lastIndex = start;
  return sticky.test(line);
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

/** Whether a token has the form of a code; a number has, too. */
export function isCode(token: string): boolean {
  return CODE.test(token);
}

/** Whether a quoted text is a code after its name: `code '2'`. */
export function isCodeAfter(before: string, text: string): boolean {
  return (
    CODE.test(text) &&
    before.endsWith(' ') &&
    (endsAsCode(before, before.length - 1) || endsAsEnd(before, before.length - 1))
  );
}

/** Whether the value of a key is a code. */
export function isCodeValue(key: string, mark: string, value: string): boolean {
  if (LAST_LETTERS[pairLetters(key, key.length)] !== 1) return false;
  return isTelling(value, { line: `${key}${mark}${value}`, start: key.length + 1, mayBeStatus: false });
}
