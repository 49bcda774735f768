/** Finds the key under which a message counts together with others of its kind. */

/** A placeholder in a key, as the source of a regular expression. */
export const PLACEHOLDER = '<[a-z]+>';
const PLACEHOLDERS = new RegExp(`(${PLACEHOLDER})`);

/** Longest prefix examined and longest key returned, in bytes; equal to the longest counted message. */
const MAX_BYTES = 1024;

/** The first line with text in it, or as much of it as can matter. */
const LINE = new RegExp(`\\S.{0,${MAX_BYTES}}`);
/** A colour, or a lone escape character: none is left that could begin another. */
const ESC = '\u001b';
const ESCAPE = new RegExp(String.raw`${ESC}(?:\[[\d;:?]{0,32}[@-~])?`, 'g');

/** A run between blanks, quotes, brackets and separators, as a value is; placeholders are part of it. */
const TOKEN = new RegExp(String.raw`(?!:[^:])(?:[^\s"'\x60<>()[\]{},;|]|${PLACEHOLDER})+`, 'g');
const URL_TEXT = /[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'`<>()[\]{},;|]*[^\s"'`<>()[\]{},;|.:!?]/gi;

/** A quotation; an apostrophe in a word does not begin one. A double-quoted text before a colon is a key of JSON. */
const QUOTED = /(?<![^\s([{\]=:,;])(?:"([^"]+)"(?!:)|'([^']+)'|`[^`]+`)(?![^\s)\]},;.:!?])/g;
const REQUEST = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE) /;

/** Times that contain blanks, commas or a word. */
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d(?:[.,:]\d{1,9})?)?(?: ?(?:[AP]M|Z|UTC|GMT|[A-Z]{1,3}[SD]T|[-+]\d\d:?\d\d)\b)?`;
const DATE = String.raw`(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?(?:${MONTH} \d{1,2}(?:,? \d{4})?|\d{1,2}[ /-]${MONTH}[ /-]\d{2,4})`;
const DAY = String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}`;
const TIME = new RegExp(
  String.raw`(?<![^\s([{"'=,;|])(?:(?:${DATE}|${DAY})(?:(?:, | at |[ T:,_-])${CLOCK}(?: \d{4}\b)?)?|${CLOCK})(?![\p{L}\d_:/~-])`,
  'gu',
);

/** Amounts with their unit, since the unit varies with the amount: `512 B` and `1.2 KB`, `<1 sec` and `3 minutes`. */
const AMOUNT = String.raw`(?:(?<= )[<~])?(?<![^\s([{"'=:,;|<~])\d[\d.,]{0,30}`;
const SIZE = new RegExp(String.raw`${AMOUNT} ?(?:(?:[KMGTPkmgt]i?)?(?:B|[Bb]ytes?))(?![\p{L}\d_]|\.\d)`, 'gu');
const DURATION = new RegExp(
  String.raw`${AMOUNT}(?: ?(?:[nuµμm]?s|secs?|mins?|hrs?|(?:nano|micro|milli)?seconds?|millis|minutes?|hours?|days?)|[mhd])(?![\p{L}\d_]|\.\d)`,
  'giu',
);

/** Names of protocols and formats: they tell messages apart. */
const KNOWN =
  /^(?:HTTPS?\/[\d.]{1,5}|http[123]|ssh[12]|ipv[46]|utf-?(?:8|16)|sha-?\d{1,3}|md5|base64|x86(?:_64)?|s3|ec2|oauth2?|k8s|log4j2?|h2c?|tls1?|p2p)$/i;

const IP_PORT = /^(?:[\w.-]{0,253}\/)?(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?$/;
const IPV6 =
  /^(?=.*\d)(?=.*::|(?:[^:]*:){7})(?:[\da-f]{0,4}:){2,7}(?:[\da-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?:%\w{1,16})?$/i;
/** Host names by their top-level domain: one that no file name, package or property ends with, or hardly any of three parts. */
const HOST_NAME =
  /^(?:[\w-]{1,63}\.){1,12}(?:com|net|org|edu|gov|mil|local|localdomain|internal|lan|arpa|(?<=\.[\w-]{1,63}\.)(?:int|info|biz|io|uk|de|fr|nl|br|cn|jp|ru|it|es|eu|us|ca|au|ch|se|fi|dk|cz|tw|hk|kr|mx|ar|cl|pt|gr|tr|ua|ro|hu|il|za|nz|sg|th|vn|ie|om|ir|kz))(?::\d{1,5})?$/;
/** Addresses of network cards, buses and disks: at least three groups. */
const HEX_GROUPS = /^(?=[^\d]*\d)[\da-f]{1,8}(?:[:.][\da-f]{1,8})?:(?:[\da-f]{1,8}[:.]){1,16}[\da-f]{1,8}$/i;
const EMAIL = /^[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}$/i;
const ABSOLUTE_PATH = /^(?:~|\.{1,2})?\/[^/]|^[a-z]:[\\/]|^\\{1,2}\w/i;
/** A slash, and a dot, a digit or another slash, which two words joined by a slash do not have. */
const RELATIVE_PATH = /^(?=[^/\\]*[/\\])(?=[^.\d]*[.\d]|[^/\\]*[/\\][^/\\]+[/\\])/;

const WHOLE: readonly (readonly [RegExp, string])[] = [
  [IP_PORT, '<host>'],
  [IPV6, '<host>'],
  [HEX_GROUPS, '<id>'],
  [HOST_NAME, '<host>'],
  [EMAIL, '<email>'],
  [ABSOLUTE_PATH, '<path>'],
];

/** Digits without a letter, hexadecimal digits, or a number with its unit. */
const NUMBER = /^(?=.*\d)(?:\P{L}*|[-+]?0x[\da-f]+|[\da-f]{4,15}|[-+]?\d[\d.]*(?:e[-+]?\d+|[a-z]{1,3}))$/iu;
const OTHER_SCRIPT = /(?=\P{ASCII})\p{L}/u;

/** Keys whose value says what happened, so that it stays. */
const TELLING =
  /(?<![\w.-])[a-z_.-]{0,40}(?:status|state|level|lvl|severity|event|action|method|type|reason|error|err|msg|message|code|result|outcome|command|cmd|operation|op)"?$/i;
const STATUS = /^[1-5]\d\d$/;
/** The text before an HTTP status. */
const BEFORE_STATUS =
  /(?:\bstatus(?:[ _-]?code)?"?(?: ?[:=] ?| )|\bHTTP(?:\/[\d.]{1,5})?"? |\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S{1,256} )$/i;

/** The value of a key, with the arguments that belong to it: `Rect(0, 0)`. */
const VALUE = new RegExp(String.raw`(?<=([\w.-]{1,64})=)${PLACEHOLDER}(?:\([^()]*\)|\{[^{}]*\})*`, 'g');
/** Names of users: `for user ann`, `invalid user ann from`, `for ann from <host>`. */
const NOT_A_NAME = String.raw`(?!(?:input|request|action|id|name|data|auth\w*|session|profile|account|interface|agent|group|token|credentials|password|permission|role|setting|error)s?\b)`;
const NAME = String.raw`${NOT_A_NAME}(?:${PLACEHOLDER}|[^\s()[\]{},;:=<>]{0,63}[^\s()[\]{},;:=<>.!?])`;
const USER = new RegExp(
  String.raw`(?<=\bfor user )${NAME}|(?<=\b(?:invalid|illegal|unknown) user )${NAME}(?= (?:from|by|at|on)\b| ?[[(])|(?<=\bfor )${NAME}(?= from <host>)`,
  'gi',
);
/** A list: its key is the same however long it is. */
const LIST = new RegExp(String.raw`(${PLACEHOLDER})(?:[ ,;:|/]{1,3}\1)+`, 'g');

/**
 * The key of a message: the message with a placeholder for each part that varies, so that `user 17 failed` and
 * `user 18 failed` count as one.
 *
 * `<number>` is a number, decimal or hexadecimal; `<id>` a token of letters and digits; `<host>` the address or name of a
 * machine, with its port; `<path>`, `<url>` and `<email>` are a path, a URL and an address; `<time>` is a time or a duration;
 * `<size>` a size with its unit; `<text>` a quotation; `<name>` the name of a user; `<value>` any other value of a `key=value`.
 * All that says what happened stays: words, keys, HTTP statuses and methods, and values of keys such as `level`, `event` and
 * `msg`.
 *
 * Only the first line with text in it is examined, without colours, and only its first 1,024 bytes; a key has at most 1,024
 * bytes, too. The key depends on the message alone, so all processes agree; it is found in linear time; the key of a key is
 * the key itself.
 *
 * The rules hold for logs in general: a value is between blanks or punctuation and has a digit, or has the form of an
 * address, a path, a quotation or a `key=value` (Zhu et al., Tools and Benchmarks for Automated Log Parsing, ICSE-SEIP 2019;
 * He et al., Drain, ICWS 2017). `npm run bench:grouping` measures them.
 *
 * @param text - the message, of any length and with any characters
 * @example
 * new RedisRecentCommonTransport({ commonKey: (info) => parameterize(String(info.message)) });
 */
export function parameterize(text: string): string {
  const line = firstLine(text)
    .replace(URL_TEXT, '<url>')
    .replace(QUOTED, nameQuoted)
    .replace(TIME, '<time>')
    .replace(SIZE, '<size>')
    .replace(DURATION, '<time>');
  const key = nameTokens(line)
    .replace(VALUE, (value: string, name: string) => (TELLING.test(name) ? value : '<value>'))
    .replace(USER, '<name>')
    .replace(LIST, '$1');
  return truncateAtBlank(key);
}

function firstLine(text: string): string {
  const [line = ''] = LINE.exec(text.replace(ESCAPE, '')) ?? [];
  return truncateAtBlank(line.toWellFormed()).replace(/\s+/g, ' ').trimEnd();
}

/** At most MAX_BYTES, up to the last blank or placeholder, so that no token is cut in two. */
function truncateAtBlank(text: string): string {
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  const bytes = Buffer.allocUnsafe(MAX_BYTES);
  const head = bytes.toString('utf8', 0, bytes.write(text));
  const blank = head.search(/\s\S*$/);
  return blank > 0 ? head.slice(0, blank).trimEnd() : head.slice(0, head.lastIndexOf('>') + 1) || head;
}

function nameQuoted(
  quoted: string,
  double: string | undefined,
  single: string | undefined,
  ...where: unknown[]
): string {
  const [at, line] = where as [number, string];
  const before = line.slice(Math.max(0, at - 64), at);
  const key = before.replace(/[:=] ?$/, '');
  const isTelling = key !== before && TELLING.test(key);
  return isTelling || REQUEST.test(double ?? single ?? '') ? quoted : '<text>';
}

/** The text before a token is examined as it is in the key, so that it is the same in the key of the key. */
function nameTokens(line: string): string {
  let key = '';
  let end = 0;
  for (const { 0: token, index } of line.matchAll(TOKEN)) {
    key += line.slice(end, index);
    const bare = token.slice(0, bareLength(token));
    key += nameToken(bare, key) + token.slice(bare.length);
    end = index + token.length;
  }
  return key + line.slice(end);
}

/** The length without the punctuation of a sentence. */
function bareLength(token: string): number {
  let length = token.length;
  while (length > 0 && '.:!?'.includes(token[length - 1] as string)) length--;
  return length;
}

function nameToken(token: string, before: string): string {
  if (PLACEHOLDERS.test(token)) return token.split(PLACEHOLDERS).map(nameDigits).join('');
  if (KNOWN.test(token) || (STATUS.test(token) && isStatusAfter(before))) return token;
  const whole = WHOLE.find(([form]) => form.test(token));
  if (whole) return whole[1];
  const [, key, value] = /^([^=]+)=([^=].*)$/u.exec(token) ?? [];
  if (key === undefined || value === undefined) return nameParts(token);
  if (!TELLING.test(key)) return `${nameParts(key)}=<value>`;
  return STATUS.test(value) && isStatusAfter(`${key}=`) ? token : `${nameParts(key)}=${nameParts(value)}`;
}

function isStatusAfter(before: string): boolean {
  return BEFORE_STATUS.test(before.slice(-300));
}

function nameParts(token: string): string {
  const parts = token.split(/([:@])/);
  return parts.map(namePart).join('');
}

function namePart(part: string): string {
  if (IP_PORT.test(part) || HOST_NAME.test(part)) return '<host>';
  if (ABSOLUTE_PATH.test(part)) return '<path>';
  if (NUMBER.test(part)) return '<number>';
  if (RELATIVE_PATH.test(part)) return '<path>';
  if (!/\d/.test(part)) return part;
  return OTHER_SCRIPT.test(part) ? nameDigits(part) : '<id>';
}

function nameDigits(text: string): string {
  return text.replace(/\d[\d.]*/g, '<number>');
}
