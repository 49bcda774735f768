/** Tidies a key once its values have placeholders: what belongs to a value, lists, plurals. */

import { PLACEHOLDER } from './character-kinds';
import { HAS } from './scan';
import { endsWithTellingKey } from './telling';
import { CURRENCIES, METHODS } from './vocabulary';

/** The value of a key, with the arguments that belong to it: `Rect(0, 0)`. */
const VALUE = new RegExp(String.raw`=${PLACEHOLDER}(?:\([^()]*\)|\{[^{}]*\})*`, 'g');
const VALUE_LENGTH = '=<value>'.length;
/**
 * A value after its key and a colon, at the end of a part of the text, or next to the colon; also if it stands for
 * none, or if there is none.
 */
const FIELD = new RegExp(
  String.raw`:(?<=[\w.-]["']?:)(?:(?:<(?:number|text|name)>(?=[.!?]?(?:\s|$)|[,;}\])])| ?(?:<(?:number|text|name)>|null|undefined|None|true|false|NaN|\[ ?(?:${PLACEHOLDER} ?)?\])(?= ?[,;}\])]|[.!?]?$))| (?=[)}\]]))`,
  'g',
);
/** Names of users: `for user ann`, `invalid user ann from`, `for ann from <host>`. */
const NOT_A_NAME = String.raw`(?!(?:input|request|action|id|name|data|auth\w*|session|profile|account|interface|agent|group|token|credentials|password|permission|role|setting|error)s?\b)`;
const NAME = String.raw`${NOT_A_NAME}(?:${PLACEHOLDER}|[^\s()[\]{},;:=<>]{0,63}[^\s()[\]{},;:=<>.!?])`;
/** Where a word begins that is no part of a value. */
const OUTSIDE = String.raw`(?<![^ "'([{,;:|])`;
const USER = new RegExp(
  String.raw`(?<=[rR] )(?:(?<=${OUTSIDE}for user )${NAME}|(?<=${OUTSIDE}(?:invalid|illegal|unknown) user )${NAME}(?= (?:from|by|at|on)\b| ?[[(])|(?<=${OUTSIDE}for )${NAME}(?= from <host>))`,
  'gi',
);
/** The host that a resolver did not find. */
const UNRESOLVED =
  /(?<=[DN] )(?<=(?<![^ "'([{,;:|])(?:ENOTFOUND|EAI_AGAIN) )(?:<number>|[\w.-]+)(?: (?:<host>|<number>|[\w.-]+)(?::<number>)?(?!\S))?/g;
const MAILBOX = /(?:<text> ?|(?<=\S )(?:\p{Lu}[\p{L}'-]{1,30} ){2,3})?<<email>>/gu;
/** A path with what follows its first bracket or colon. */
const ROUTE =
  /(?<![\w>])<path>(?:\[[\w.-]{1,64}\]|\([\w.-]{1,64}\)(?=<path>|\/)|\{\w{1,64}\}|:\w{1,64}|<path>|\/[\w.-]{0,64}(?![\w/.-]))+(?=[\s,"')\]]|$)/g;
/** The root alone: after a method, as a route in braces, or where no word follows that it could join to the one before. */
const ROOT = new RegExp(
  String.raw`(?:(?<=\b(?:${METHODS}) |\{)\/|(?<= )\/(?= (?:in|at|to|from|with|took|for|on|is|was|failed|returned)\b| [.(<]|$))(?:\[[\w.-]{1,64}\](?:<path>)?)?(?=[\s,"')\]}]|$)`,
  'g',
);
const ACCESS = /^<host> - \S{1,64} \[<time>\]/;
const BODY_SIZE = /(?<=<time> - )-$|(?<=" [1-5]\d\d )-(?=$| ["<])/;
/** A list: its key is the same however long it is. */
const ITEM = String.raw`(${PLACEHOLDER}(?:[@=-]${PLACEHOLDER}){0,3})`;
const LIST = new RegExp(String.raw`${ITEM}(?:(?:[ ,;:|/]{1,3}| and | [-–] )\1(?![@=-]<))+`, 'g');
const MIXED_LIST = new RegExp(String.raw`(\[ ?${PLACEHOLDER})(?:, ?${PLACEHOLDER})+(?= ?\])`, 'g');
const OBJECTS = /(\{[^{}]*\})(?:, ?\1)+/g;
/** One value alone in brackets, or none. */
const BRACKETED = /(?<= |^)([([]) ?(?:<(?:number|text|name)> ?)?([)\]])/g;
/** A word after a number that may be a plural. */
const PLURAL = /<number> ([a-z]{2,31}s)(?![\w-])/g;
/** Verbs with an s, and words that end like a plural. */
const NO_PLURALS = new Set(
  `always belongs contains does ends exceeds exists expects fails gets goes has means needs remains requires returns runs says seems
  sets starts stops takes this thus uses was`.split(/\s+/),
);
/** Without its s it would be taken for a number. */
const HEX_PLURAL = /^[a-f]{7,}s$/;
/** An amount with its currency. */
const MONEY = new RegExp(
  String.raw`(?<![^ (["'])(?:(?:${CURRENCIES}|\$) )+<number>|<number>(?: (?:${CURRENCIES}|[%‰]|°[CF])(?!\w))+`,
  'g',
);
const RULE = /([.\-=*_#~])\1{3,}|(?<= )\.\.+(?= )/g;

const { absent, equals, repeat, name, route, placeholder } = HAS;

/** The key, tidied. `has` is what the line may hold. */
export function tidy(key: string, has: number): string {
  let tidied = has & placeholder ? key.replace(MAILBOX, '<email>') : key;
  if (has & equals && hasOtherValue(tidied)) tidied = tidied.replace(VALUE, nameValue);
  if (has & repeat) tidied = tidied.replace(RULE, (rule) => (rule[0] as string).repeat(3));
  if (has & name) tidied = tidied.replace(UNRESOLVED, '<host>').replace(USER, '<name>');
  if (has & route) tidied = tidied.replace(ROOT, '<path>').replace(ROUTE, '<path>');
  let beside = findBeside(tidied) | (has & absent ? BRACKET | FIELD_MARK : 0);
  if (beside & SIGN) {
    tidied = tidied.replace(MONEY, '<number>');
    beside |= findBeside(tidied);
  }
  if (beside & PLACEHOLDERS) {
    const shorter = shortenLists(tidied);
    if (shorter !== tidied) beside |= findBeside(shorter);
    tidied = shorter;
  }
  if (beside & DASH) tidied = tidyAccess(tidied);
  if (beside & PLURAL_WORD) tidied = tidied.replace(PLURAL, toSingular);
  if (beside & BRACKET) tidied = tidied.replace(BRACKETED, '$1<value>$2');
  if (beside & FIELD_MARK) tidied = tidied.replace(FIELD, nameField);
  return beside & FIELD_MARK && tidied.includes('},') ? tidied.replace(OBJECTS, '$1') : tidied;
}

/** A list may be an item of another. */
function shortenLists(key: string): string {
  const shorter = key.replace(LIST, '$1').replace(MIXED_LIST, '$1');
  return shorter === key ? key : shortenLists(shorter);
}

/** Whether a key has another value than `<value>`, or one with arguments. */
function hasOtherValue(key: string): boolean {
  for (let i = key.indexOf('=<'); i >= 0; i = key.indexOf('=<', i + 2)) {
    const next = key.charCodeAt(i + VALUE_LENGTH);
    if (next === 40 || next === 123 || !key.startsWith('value>', i + 2)) return true;
  }
  return false;
}

/** Leaves out the user of an access log, and names its last field if it is empty. */
function tidyAccess(key: string): string {
  const tidied = key.startsWith('<host> - ') ? key.replace(ACCESS, '<host> - - [<time>]') : key;
  const hasSize = tidied.endsWith('<time> - -') || tidied.startsWith('<host> - - [<time>]');
  return hasSize ? tidied.replace(BODY_SIZE, '<number>') : tidied;
}

const PLURAL_WORD = 1;
const SIGN = 2;
const PLACEHOLDERS = 4;
const DASH = 8;
const BRACKET = 16;
const FIELD_MARK = 32;

const SPACE = 32;
const COLON = 58;
const LESS_THAN = 60;

/** What stands beside the placeholders of a key, so that few expressions are tried. */
function findBeside(key: string): number {
  let found = 0;
  for (let start = key.indexOf('<'); start >= 0; start = key.indexOf('<', start + 1)) {
    const end = key.indexOf('>', start) + 1;
    if (end === 0) break;
    found |= findBefore(key, start, end) | findAfter(key, end, key.charCodeAt(start + 1) === 110);
  }
  return found;
}

function findBefore(key: string, start: number, end: number): number {
  const isApart = key.charCodeAt(start - 1) === SPACE;
  const at = isApart ? start - 2 : start - 1;
  const before = key.charCodeAt(at);
  if (before === COLON) return endsPart(key, end) || !isApart ? FIELD_MARK : 0;
  if (before === 91 || before === 40) return endsPart(key, end) ? BRACKET | findBeforeBracket(key, at) : 0;
  // A capital or a sign, as of a currency.
  return isApart && ((before >= 65 && before <= 90) || before === 36 || before > 127) ? SIGN : 0;
}

function findBeforeBracket(key: string, at: number): number {
  return key.charCodeAt(at - 1) === COLON || key.charCodeAt(at - 2) === COLON ? FIELD_MARK : 0;
}

/** Whether a part of a key ends here, perhaps after a blank: with a bracket, with punctuation, or with the key. */
function endsPart(key: string, end: number): boolean {
  const next = key.charCodeAt(key.charCodeAt(end) === SPACE ? end + 1 : end);
  return !(next >= 48) || next === 59 || next === 63 || next === 93 || next === 125;
}

/** @param isNumber - whether the placeholder may be that of a number */
function findAfter(key: string, end: number, isNumber: boolean): number {
  const second = key.charCodeAt(end + 1);
  const found = second === LESS_THAN || key.charCodeAt(end + 2) === LESS_THAN ? PLACEHOLDERS : 0;
  const isBeforeThird = key.charCodeAt(end + 3) === LESS_THAN;
  if (key.charCodeAt(end) !== SPACE || second === LESS_THAN) return isBeforeThird ? PLACEHOLDERS : found;
  if (second === 45 || second === 0x2013) return found | DASH | (isBeforeThird ? PLACEHOLDERS : 0);
  if (second === 97 && key.startsWith('and <', end + 1)) return PLACEHOLDERS;
  if (!isNumber) return found;
  if (second < 97 || second > 122) return found | SIGN;
  return isPlural(key, end + 1) ? PLURAL_WORD : found;
}

/** Whether the word that begins here ends with an s. */
function isPlural(key: string, start: number): boolean {
  let i = start;
  while (key.charCodeAt(i) >= 97 && key.charCodeAt(i) <= 122) i++;
  return key.charCodeAt(i - 1) === 115;
}

function nameField(field: string, at: number, key: string): string {
  const end = key.charCodeAt(at - 1) === 39 ? at - 1 : at;
  const before = key.slice(Math.max(0, end - 64), end);
  return endsWithTellingKey(before) ? field : field[1] === ' ' ? ': <value>' : ':<value>';
}

function nameValue(value: string, at: number, key: string): string {
  const before = key.slice(Math.max(0, at - 64), at);
  return !/[\w.-]$/.test(before) || endsWithTellingKey(before) ? value : '=<value>';
}

function toSingular(all: string, plural: string): string {
  if (NO_PLURALS.has(plural) || HEX_PLURAL.test(plural)) return all;
  if (plural.endsWith('ies')) return `<number> ${plural.slice(0, -3)}y`;
  if (/(?:ch|sh|x|ss)es$/.test(plural)) return all.slice(0, -2);
  return /[suioj]s$/.test(plural) ? all : all.slice(0, -1);
}
