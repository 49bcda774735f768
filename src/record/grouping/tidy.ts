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
  String.raw`:(?<=[\w.-]["']?:)(?:(?:<(?:number|id|text|name)>(?=[.!?]?(?:\s|$)|[,;}\])])| ?(?:<(?:number|id|text|name)>|null|undefined|None|true|false|NaN|\[ ?(?:${PLACEHOLDER} ?)?\])(?= ?[,;}\])]|[.!?]?$))| (?=[)}\]]))`,
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
const UNRESOLVED = /(?<=[DN] )(?<=(?<![^ "'([{,;:|])(?:ENOTFOUND|EAI_AGAIN) )[\w.-]+(?: [\w.-]+:<number>)?/g;
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
  String.raw`(?<![^ (["'])(?:(?:${CURRENCIES}|\$) )+<number>|<number>(?: (?:${CURRENCIES})(?!\S))+`,
  'g',
);
const RULE = /([.\-=*_#~])\1{3,}|(?<= )\.\.+(?= )/g;

const { equals, mark, repeat, name, route, placeholder } = HAS;

/** The key, tidied. `has` is what the line may hold. */
export function tidy(key: string, has: number): string {
  let tidied = has & placeholder ? key.replace(MAILBOX, '<email>') : key;
  if (has & equals && hasOtherValue(tidied)) tidied = tidied.replace(VALUE, nameValue);
  if (has & repeat) tidied = tidied.replace(RULE, (rule) => (rule[0] as string).repeat(3));
  if (has & name) tidied = tidied.replace(UNRESOLVED, '<host>').replace(USER, '<name>');
  if (has & route) tidied = tidied.replace(ROOT, '<path>').replace(ROUTE, '<path>');
  if (tidied.includes('<')) tidied = tidyBeside(tidied);
  return has & mark && tidied.includes(':') ? tidied.replace(FIELD, nameField) : tidied;
}

/** Tidies what is beside placeholders. */
function tidyBeside(key: string): string {
  let tidied = key;
  let after = followers(tidied);
  if (after & MONEY_FOLLOWS) {
    tidied = tidied.replace(MONEY, '<number>');
    after = followers(tidied);
  }
  if (after & PLACEHOLDER_FOLLOWS) tidied = shortenLists(tidied).replace(MIXED_LIST, '$1');
  if (after & DASH_FOLLOWS) tidied = tidyAccess(tidied);
  return after & PLURAL_FOLLOWS ? tidied.replace(PLURAL, toSingular) : tidied;
}

/** A list may be an item of another. */
function shortenLists(key: string): string {
  const shorter = key.replace(LIST, '$1');
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

const PLURAL_FOLLOWS = 1;
const MONEY_FOLLOWS = 2;
const PLACEHOLDER_FOLLOWS = 4;
const DASH_FOLLOWS = 8;

/** What stands beside the placeholders of a key, so that few expressions are tried. */
function followers(key: string): number {
  let found = 0;
  for (let i = key.indexOf('>') + 1; i > 0; i = key.indexOf('>', i) + 1) {
    const second = key.charCodeAt(i + 1);
    // An r ends the name of `<number>`.
    const isNumber = key.charCodeAt(i - 2) === 114;
    if (isNumber && isAfterSign(key, i - '<number>'.length)) found |= MONEY_FOLLOWS;
    if (key.charCodeAt(i) === 32 && second !== 60) {
      const isLetter = second >= 97 && second <= 122;
      if (isNumber) {
        if (!isLetter) found |= MONEY_FOLLOWS;
        else if (isPlural(key, i + 1)) found |= PLURAL_FOLLOWS;
      }
      if (second === 45 || second === 0x2013) found |= DASH_FOLLOWS;
      if (second === 97 && key.startsWith('and <', i + 1)) found |= PLACEHOLDER_FOLLOWS;
    }
    if (second === 60 || key.charCodeAt(i + 2) === 60 || key.charCodeAt(i + 3) === 60) found |= PLACEHOLDER_FOLLOWS;
  }
  return found;
}

/** Whether a currency may stand before a place: a capital or a sign, and a blank. */
function isAfterSign(key: string, at: number): boolean {
  const sign = key.charCodeAt(at - 2);
  return key.charCodeAt(at - 1) === 32 && ((sign >= 65 && sign <= 90) || sign === 36 || sign > 127);
}

/** Whether the word that begins here ends with an s. */
function isPlural(key: string, start: number): boolean {
  let i = start;
  while (key.charCodeAt(i) >= 97 && key.charCodeAt(i) <= 122) i++;
  return key.charCodeAt(i - 1) === 115;
}

function nameField(field: string, at: number, key: string): string {
  const before = key.slice(Math.max(0, at - 64), at).replace(/'$/, '');
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
