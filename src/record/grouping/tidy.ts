/** Tidies a key once its values have placeholders: what belongs to a value, lists, plurals. */

import { HAS } from './scan';
import { endsWithTellingKey } from './telling';
import { PLACEHOLDER } from './tokens';

/** The value of a key, with the arguments that belong to it: `Rect(0, 0)`. */
const VALUE = new RegExp(String.raw`(?<=([\w.-]{1,64})=)${PLACEHOLDER}(?:\([^()]*\)|\{[^{}]*\})*`, 'g');
/** A value that stands for none, or for one of two, after its key. */
const LITERAL = /([\w.-]{1,64}["']?): ?(?:null|undefined|None|true|false|NaN)(?=[,}\])]|$)/g;
/** Names of users: `for user ann`, `invalid user ann from`, `for ann from <host>`. */
const NOT_A_NAME = String.raw`(?!(?:input|request|action|id|name|data|auth\w*|session|profile|account|interface|agent|group|token|credentials|password|permission|role|setting|error)s?\b)`;
const NAME = String.raw`${NOT_A_NAME}(?:${PLACEHOLDER}|[^\s()[\]{},;:=<>]{0,63}[^\s()[\]{},;:=<>.!?])`;
const USER = new RegExp(
  String.raw`(?<=\bfor user )${NAME}|(?<=\b(?:invalid|illegal|unknown) user )${NAME}(?= (?:from|by|at|on)\b| ?[[(])|(?<=\bfor )${NAME}(?= from <host>)`,
  'gi',
);
/** The host that a resolver did not find. */
const UNRESOLVED = /(?<=\b(?:ENOTFOUND|EAI_AGAIN) )[\w.-]+/g;
const MAILBOX = /(?:<text> ?)?<<email>>/g;
/** What follows the part of a path before a bracket or a colon. */
const PATH =
  /(?<![\w>])(?:<path>|(?<=[GETPOSUADHCL] |\{)\/)(?:\[[\w.-]{1,64}\]|\{\w{1,64}\}|:\w{1,64}|\/[\w.-]{0,64}(?![\w/.-]))*(?=[\s,"')\]]|$)/g;
const ACCESS = /^<host> - \S{1,64} \[<time>\]/;
const BODY_SIZE = /(?<=<time> - )-$/;
/** A list: its key is the same however long it is. */
const ITEM = String.raw`(${PLACEHOLDER}(?:[@=-]${PLACEHOLDER}){0,3})`;
const LIST = new RegExp(String.raw`${ITEM}(?:(?:[ ,;:|/]{1,3}| and )\1(?![@=-]<))+`, 'g');
const MIXED_LIST = new RegExp(String.raw`\[ ?(${PLACEHOLDER})(?:, ?${PLACEHOLDER})+ ?\]`, 'g');
/** A word after a number, if it is a plural and not a verb. */
const PLURAL =
  /(?<=<number> )(?!(?:does|goes|has|was|this|thus|always|exists|fails|needs|uses|requires|exceeds|contains|remains|returns|seems|takes|belongs|expects|means|runs|starts|stops|ends|gets|sets|says)\b)([a-z]{2,31}?)(?:(?<=[a-z])(ies)|(?<=ch|sh|x|ss)es|(?<![suioj])s)(?![\w-])/g;
/** An amount with its currency. */
const MONEY = /<number>(?: (?:EUR|USD|GBP|CHF|JPY|CNY|INR|RUB|BRL|CAD|AUD|SEK|NOK|DKK|PLN|CZK|[€$£¥₽₹])(?!\S))+/g;
const RULE = /([.\-=*_#~])\1{3,}|(?<= )\.\.+(?= )/g;

const { equals, literal, repeat, name, route } = HAS;

/** The key, tidied. `has` is what the line may hold. */
export function tidy(key: string, has: number): string {
  let tidied = key.includes('<<email>>') ? key.replace(MAILBOX, '<email>') : key;
  if (has & equals)
    tidied = tidied.replace(VALUE, (value: string, key: string) => (endsWithTellingKey(key) ? value : '<value>'));
  if (has & literal) tidied = tidied.replace(LITERAL, nameLiteral);
  if (has & repeat) tidied = tidied.replace(RULE, (rule) => (rule[0] as string).repeat(3));
  if (has & name) tidied = tidied.replace(UNRESOLVED, '<host>').replace(USER, '<name>');
  if (has & route) tidied = tidied.replace(PATH, '<path>');
  if (!tidied.includes('<')) return tidied;
  let after = followers(tidied);
  if (after & MONEY_FOLLOWS) {
    tidied = tidied.replace(MONEY, '<number>');
    after = followers(tidied);
  }
  if (after & PLACEHOLDER_FOLLOWS) tidied = tidied.replace(LIST, '$1').replace(MIXED_LIST, '[$1]');
  if (tidied.startsWith('<host> - ')) tidied = tidied.replace(ACCESS, '<host> - - [<time>]');
  if (tidied.endsWith('<time> - -')) tidied = tidied.replace(BODY_SIZE, '<number>');
  return after & WORD_FOLLOWS ? tidied.replace(PLURAL, toSingular) : tidied;
}

const WORD_FOLLOWS = 1;
const MONEY_FOLLOWS = 2;
const PLACEHOLDER_FOLLOWS = 4;

/** What follows the placeholders of a key, so that few expressions are tried. */
function followers(key: string): number {
  let found = 0;
  for (let i = key.indexOf('>') + 1; i > 0; i = key.indexOf('>', i) + 1) {
    const next = key.charCodeAt(i);
    const second = key.charCodeAt(i + 1);
    if (next === 32 && second >= 97 && second <= 122)
      found |= WORD_FOLLOWS | (key.startsWith('and <', i + 1) ? PLACEHOLDER_FOLLOWS : 0);
    else if (next === 32 && second !== 60) found |= MONEY_FOLLOWS;
    if (second === 60 || key.charCodeAt(i + 2) === 60 || key.charCodeAt(i + 3) === 60) found |= PLACEHOLDER_FOLLOWS;
  }
  return found;
}

function nameLiteral(literal: string, key: string): string {
  return endsWithTellingKey(key.replace(/["']$/, '')) ? literal : literal.replace(/\w+$/, '<value>');
}

function toSingular(_: string, stem: string, ies: string | undefined): string {
  return ies ? `${stem}y` : stem;
}
