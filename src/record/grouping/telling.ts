/** What stays in a key because it says what happened: codes, statuses, methods, and the values of some keys. */

/** Keys whose value says what happened. */
const TELLING =
  /(?<![\w.-])[a-z_.-]{0,40}(?:status|state|level|lvl|severity|event|action|method|type|reason|error|err|errno|msg|message|code|sqlstate|result|outcome|command|cmd|operation|op)"?$/i;

/** The name of a class, which is no key of a value. */
const ERROR_CLASS = /(?:Error|Exception)$/;

export const REQUEST = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE) /;

/** Names of protocols, formats and platforms with a digit in them: they tell messages apart. */
const KNOWN =
  /^(?:HTTPS?\/[\d.]{1,5}|http[123]|ssh[12]|ipv[46]|utf-?(?:8|16|32)|sha-?\d{1,3}|md5|base(?:32|58|64)|x86(?:_64)?|x64|(?:arm|amd|win)(?:32|64)|u?int(?:8|16|32|64)|float(?:32|64)|s3|ec2|r2|oauth2?|k8s|log4j2?|h2c?|h26[45]|mp[34]|tls(?:v?1(?:\.[0-3])?)?|p2p|b2b|e2e|i18n|l10n|a11y|v8|[23]fa|argon2(?:id?)?|p\d{2,3})$/i;

const STATUS = /^[1-5]\d\d$/;
/** The text before an HTTP status. */
const BEFORE_STATUS =
  /(?:\bstatus(?:[ _-]?code)?"?(?: ?[:=] ?| )|\bHTTP(?:\/[\d.]{1,5})?"? |\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S{1,256} )$/i;

/** A short code, as of an exit, a socket, a database: `1006`, `-111`, `P2002`, `40P01`, `HY000`. */
const CODE = /^(?:-?\d{1,5}|[A-Z]{1,4}-?\d{3,5}|\d{2}[A-Z\d]\d{2})$/;
const BEFORE_CODE = /(?:code|status|level|lvl|errno|sqlstate)["']?(?: ?[:=] ?| )?["'[(]?$/i;
/** Letters and digits as the code of an error has them: `E11000`, `P2002`, `ORA-01017`. */
const ERROR_CODE = /^(?:E\d{4,5}|[A-Z]{1,4}-?\d{4,5})$/;
/** The start of a message, of what follows the name of an error, or a bracket. */
const BEFORE_ERROR_CODE = /(?:Error: |Exception: |\[|\()$/;

export function endsWithTellingKey(text: string): boolean {
  return TELLING.test(text) && !ERROR_CLASS.test(text);
}

export function isKnownName(token: string): boolean {
  return token.length <= 10 && KNOWN.test(token);
}

/** Where a token stands. */
export interface Context {
  readonly line: string;
  readonly start: number;
  /** Whether the line holds the name of a method, or `HTTP`. */
  readonly mayBeStatus: boolean;
}

/** Whether a short token with digits says what happened, by the text before it. */
export function isTelling(token: string, { line, start, mayBeStatus }: Context): boolean {
  if (mayBeStatus && STATUS.test(token) && BEFORE_STATUS.test(line.slice(Math.max(0, start - 300), start))) return true;
  if (!mayFollowCode(line, start) || !CODE.test(token)) return false;
  const end = line.slice(Math.max(0, start - 24), start);
  return BEFORE_CODE.test(end) || (ERROR_CODE.test(token) && (start === 0 || BEFORE_ERROR_CODE.test(end)));
}

/** Marks between the name of a code and the code: blank, double and single quote, parenthesis, colon, equals, bracket. */
const BETWEEN = new Set([32, 34, 39, 40, 58, 61, 91]);
/** The last letters of the names of codes, and of `Error`. */
const LAST_LETTERS = new Set(Array.from('esolESOLr', (letter) => letter.charCodeAt(0)));

/** Whether the text before a token may end with the name of a code, or is where codes of errors stand. */
function mayFollowCode(line: string, start: number): boolean {
  let i = start - 1;
  while (i >= 0 && start - i < 6 && BETWEEN.has(line.charCodeAt(i))) i--;
  if (i < 0) return true;
  const before = line.charCodeAt(start - 1);
  return before === 91 || before === 40 || (start - i > 1 && LAST_LETTERS.has(line.charCodeAt(i)));
}

/** Whether the value of a telling key is a code. */
export function isTellingValue(key: string, value: string): boolean {
  return isTelling(value, { line: `${key}=`, start: key.length + 1, mayBeStatus: false });
}
