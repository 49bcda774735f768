/** Tidies a key once its values have placeholders: what belongs to a value, lists, plurals. */

import { BESIDE, findBeside } from './beside';
import { PLACEHOLDER } from './character-kinds';
import { HAS } from './has';
import { toSingulars } from './plurals';
import { endsWithTellingKey } from './telling-names';
import { CURRENCIES, LITERALS, METHODS, NOTHING } from './vocabulary';

/** The value of a key, with the arguments that belong to it: `Rect(0, 0)`. */
const VALUE = new RegExp(String.raw`=${PLACEHOLDER}(?:\([^()]*\)|\{[^{}]*\})*`, 'g');
const VALUE_LENGTH = '=<value>'.length;
const PLAIN = '<(?:number|text|name)>';
/**
 * A value after its key and a colon, at the end of a part of the text, or next to the colon; also if it stands for
 * none, or if there is none.
 */
const FIELD = new RegExp(
  String.raw`:(?<=[\w.-]["']?:)(?:${PLAIN}(?=[.!?]?(?:\s|$)|[,;}\])])| ?(?:${PLAIN}|${LITERALS}|\[ ?(?:${PLACEHOLDER} ?)?\])(?= ?[,;}\])]|[.!?]?$)| (?=[)}\]]))`,
  'g',
);
/** A value after an equals sign between blanks, or at the end after a verb. */
const OTHER_FIELD = new RegExp(
  String.raw`(?<=[\w"'>\]] = )(?:${PLAIN}|${LITERALS})(?![\w(])|(?<= (?:is|was) )(?:${PLAIN}|${LITERALS})$`,
  'g',
);
/** No value where an identifier may stand: alone in brackets, after an arrow, `for`, or the name of what it identifies. */
const IDENTIFIED = String.raw`[A-Za-z_]{0,24}[iI][dD]|[uU]ser|order|job|session|account|customer|tenant|product|item|room|socket|worker|task|request|record|document|row|channel|topic|queue|project|team|member|invoice|payment|device|page|value|offset`;
const NO_VALUE = new RegExp(
  String.raw`(?<=(?<![\w)\]])[([] ?)(?:${NOTHING})(?= ?[)\]])|(?<=(?:->|=>|→) |\b(?:${IDENTIFIED}) )(?:${NOTHING})(?![\w.(:=/-]| (?:or|and)\b)|(?<=\bfor )(?:${NOTHING})(?=[.,;)\]]|$| (?:not|was|is|in|at|after|from|to|on|with|failed)\b)`,
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
const MAILBOX =
  /(?:<text> ?|(?<=\S )(?:\p{Lu}[\p{L}'-]{0,30} ){2,3}|(?<=\b(?:[fF]rom|[tT]o|[cC]c|[sS]ender|by|for):? )\p{Lu}[\p{L}'-]{0,30} )?<<email>>/gu;
/** A path with what follows its first bracket or colon. */
const ROUTE =
  /(?<![\w>])<path>(?:\[{1,2}[\w.-]{1,64}\]{1,2}|\([\w.-]{1,64}\)(?=<path>|\/)|\.?\{[\w,.-]{1,64}\}|:\w{1,64}|<path>|\/[\w.-]{0,64}(?![\w/.-]))+(?=[\s,"')\]]|$)/g;
/** The root alone: after a method, as a route in braces, or where no word follows that it could join to the one before. */
const ROOT = new RegExp(
  String.raw`(?:(?<=\b(?:${METHODS})(?::|:? )|\{)\/|(?<=[^/] )\/(?=\[| (?:in|at|to|from|with|took|for|on|is|was|failed|returned)\b| [.(<]|$))(?:\[{1,2}[\w.-]{1,64}\]{1,2}(?:<path>)?)?(?=[\s,"')\]}]|$)`,
  'g',
);
const ACCESS = /^<host> - \S{1,64} \[<time>\]/;
const BODY_SIZE = /(?<=<time> - )-$|(?<=" [1-5]\d\d )-(?=$| ["<])/;
/** A list: its key is the same however long it is. */
const ITEM = String.raw`(${PLACEHOLDER}(?:(?:[@=-]| => )${PLACEHOLDER}){0,3})`;
const LIST = new RegExp(String.raw`${ITEM}(?:(?:[ ,;:|/]{1,4}| and | [-–] )\1(?![@=-]<| => <))+`, 'g');
const MIXED_LIST = new RegExp(String.raw`(\[ ?${PLACEHOLDER})(?:, ?${PLACEHOLDER})+(?= ?\])`, 'g');
/** Objects as items; and a list of one, of which nothing but its keys is left. */
const OBJECTS = /(\{[^{}]*\})(?:, ?\1)+/g;
const OBJECT_LIST = /(?<=["'\w]: ?)\[ ?\{(?: ?["']?[\w.-]{1,64}["']?: ?<value>,?)+ ?\} ?\]/g;
/** An interval that is open at one end. */
const INTERVAL = /(?<!=)(?:\[<number>(?:[,;] ?<number>)?\)|\(<number>(?:[,;] ?<number>)?\])/g;
/** Brackets with nothing or a text in them, or with blanks: the same place may hold a number next to its brackets. */
const BRACKETED =
  /(?<=(?: |^)\() ?(?:<(?:number|text|name)> ?)?(?=\))|(?<=(?: |^)\[) ?(?:<(?:number|text|name)> ?)?(?=\])/g;
/** An amount with its currency. */
const SIGN = String.raw`(?:${CURRENCIES}|[%‰]|°[CF])(?!\w)`;
const MONEY = new RegExp(
  String.raw`(?<![^ (["'])(?:(?:${CURRENCIES}|[A-Z]{0,2}\$) )+<number>(?: ${SIGN})*|<number>(?: ${SIGN})+`,
  'g',
);
/** What a version is compared with. */
const COMPARISON = /(?<=[ @"(])[<>]=?(?=<number>)/g;
/** A unit of time after an amount of something. */
const RATE =
  /(<number>(?: [a-z]{1,20})?) ?(?:\/|per ) ?(?:ms|millisecond|s|secs?|second|m|min|minute|h|hr|hour|d|day|week|month|<time>)(?![\w/-])/g;
const RULE = /([.\-=*_#~])\1{3,}|(?<= )\.\.+(?= )/g;

const { bracket, compared, dash, field, list, open, plural, rate, sign } = BESIDE;
const { absent, equals, repeat, name, nothing, route, placeholder } = HAS;

/** After these, others of them may stand there. */
const GROWS = open | compared | rate | sign | list;

/** The key, tidied. `has` is what the line may hold. */
export function tidy(key: string, has: number): string {
  let tidied = has & placeholder ? key.replace(MAILBOX, '<email>') : key;
  if (has & equals && hasOtherValue(tidied)) tidied = tidied.replace(VALUE, nameValue);
  if (has & nothing) tidied = tidied.replace(NO_VALUE, '<number>');
  if (has & repeat) tidied = tidied.replace(RULE, (rule) => (rule[0] as string).repeat(3));
  if (has & name) tidied = tidied.replace(UNRESOLVED, '<host>').replace(USER, '<name>');
  if (has & route) tidied = tidied.replace(ROOT, '<path>').replace(ROUTE, '<path>');
  let beside = findBeside(tidied) | (has & absent ? bracket | field : 0);
  // A list may be an item of another, and what has become one value an item or an amount.
  while (beside & GROWS) {
    const shorter = tidyAmounts(tidied, beside);
    beside = (beside & ~GROWS) | (shorter === tidied ? 0 : findBeside(shorter));
    tidied = shorter;
  }
  if (beside & dash) tidied = tidyAccess(tidied);
  if (beside & plural) tidied = toSingulars(tidied);
  if (beside & bracket) tidied = tidied.replace(BRACKETED, '<number>');
  if (beside & field) {
    tidied = tidyObjects(tidied.replace(FIELD, nameField));
    if (findBeside(tidied) & list) tidied = shortenLists(tidied);
  }
  const isOther = has & absent || (has & equals && tidied.includes(' = ')) || endsAfterVerb(tidied);
  if (!isOther) return tidied;
  const named = tidied.replace(OTHER_FIELD, nameOtherField);
  return named === tidied ? tidied : shortenLists(named);
}

/** Makes one value of amounts with what belongs to them, of intervals and of lists. */
function tidyAmounts(key: string, beside: number): string {
  let tidied = beside & open ? key.replace(INTERVAL, '<number>') : key;
  if (beside & compared) tidied = tidied.replace(COMPARISON, '');
  if (beside & rate) tidied = tidied.replace(RATE, '$1 per <time>');
  if (beside & sign) tidied = tidied.replace(MONEY, '<number>');
  return beside & list ? shortenLists(tidied) : tidied;
}

function tidyObjects(key: string): string {
  return key.includes('}') ? key.replace(OBJECTS, '$1').replace(OBJECT_LIST, '<value>') : key;
}

function endsAfterVerb(key: string): boolean {
  if (key.charCodeAt(key.length - 1) !== 62) return false;
  const last = key.lastIndexOf('<');
  return key.charCodeAt(last - 2) === 115 && (key.endsWith(' is ', last) || key.endsWith(' was ', last));
}

function shortenLists(key: string): string {
  const shorter = key.replace(LIST, '$1');
  return shorter.includes('[') ? shorter.replace(MIXED_LIST, '$1') : shorter;
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

function nameField(field: string, at: number, key: string): string {
  const end = key.charCodeAt(at - 1) === 39 ? at - 1 : at;
  const before = key.slice(Math.max(0, end - 64), end);
  return endsWithTellingKey(before) ? field : field[1] === ' ' ? ': <value>' : ':<value>';
}

function nameOtherField(value: string, at: number, key: string): string {
  const isTelling = key[at - 2] === '=' && endsWithTellingKey(key.slice(Math.max(0, at - 67), at - 3));
  return isTelling ? value : '<value>';
}

function nameValue(value: string, at: number, key: string): string {
  const before = key.slice(Math.max(0, at - 64), at);
  return !/[\w.-]$/.test(before) || endsWithTellingKey(before) ? value : '=<value>';
}
