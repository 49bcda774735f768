/** Judges whether the texts in one position of several keys are values, or words that tell what happened. */

import { isCode } from '../record/grouping/telling-codes';
import { PLACEHOLDER } from '../record/parameterize';

/** Where the texts stand. */
export interface Position {
  /** The token before them; empty if there is none. */
  readonly before: string;
  /** How many other tokens have words in them. */
  readonly words: number;
}

/** A token without the punctuation around it, and without its key. */
interface Value {
  readonly start: string;
  readonly core: string;
  readonly end: string;
}

const ONLY_PLACEHOLDER = new RegExp(`^${PLACEHOLDER}$`);
const KEY = /^["']?[\w.-]{1,64}["']?[=:]/;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '"': '"', "'": "'" };

/** Keys and words after which a text says what happened. */
const TELLING =
  /(?:status|state|level|lvl|severity|event|action|method|type|reason|error|err|errno|msg|message|code|signal|result|outcome|command|cmd|operation|op)["']?[=:]?$/i;
/** Names of errors, signals and methods, and values that mean success or failure. */
const TELLING_VALUE =
  /^(?:E[A-Z]{3,}\d*|[A-Z]+_[A-Z_]+|SIG[A-Z]{2,}|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|\w*(?:Error|Exception|Warning))$|^(?:ok|yes|no|on|off|true|false|success|failure|up|down|not|un\w+|in\w*valid|\w{2,}(?:ed|ing))$/;
/** The least number of distinct texts: if all look like identifiers, and otherwise. */
const LEAST = [4, 8] as const;
/** The same, after a label or a key, or in brackets or quotes. */
const LEAST_LABELLED = [3, 5] as const;
/** Words before which a name stands. */
const LABEL =
  /^(?:\W*)(?:user|tenant|customer|account|worker|job|task|queue|topic|channel|room|plugin|module|package|service|server|host|node|device|table|column|collection|index|bucket|database|db|file|group|role|team|project|app|application|container|pod|image|namespace|region|cluster|broker|key|named|called|class)[:#]?$/i;
/** A text with a digit or a mark inside, or with capitals other than the first. */
const IDENTIFIER = /[\d_\-./@#$<(]|[a-z][A-Z]|^[A-Z]{2,}$/;

/**
 * What stands for the texts if they are values of one kind; undefined if they may tell what happened.
 *
 * @param texts - what differs between keys that are equal otherwise
 */
export function judge(texts: readonly string[], position: Position): string | undefined {
  const values = texts.map(split);
  const [first] = values;
  if (!first || !values.every(({ start, end }) => start === first.start && end === first.end)) return undefined;
  const cores = values.map(({ core }) => core);
  if (first.end.includes(':') || cores.some((core) => core === '' || KEY.test(core) || isTelling(core)))
    return undefined;
  if (TELLING.test(position.before) || TELLING.test(first.start)) return undefined;
  return isStrong(cores, first, position) ? `${first.start}${choosePlaceholder(cores)}${first.end}` : undefined;
}

/** Also a code: only those that say what happened have no placeholder. */
function isTelling(core: string): boolean {
  return TELLING_VALUE.test(core) || isCode(core);
}

function isStrong(cores: readonly string[], { start }: Value, { before, words }: Position): boolean {
  const distinct = cores.length;
  const named = cores.filter((core) => ONLY_PLACEHOLDER.test(core)).length;
  const areIdentifiers = cores.every((core) => IDENTIFIER.test(core));
  if (words === 0) return false;
  if (areIdentifiers && named > 0) return true;
  const isLabelled = start !== '' || LABEL.test(before);
  // What follows a colon tells what happened, unless the colon ends a label.
  if (/[:-]$/.test(before) && !isLabelled) return false;
  const [identifiers, others] = isLabelled ? LEAST_LABELLED : LEAST;
  return (
    words > 1 && distinct >= (areIdentifiers ? identifiers : others) && (isLabelled || areIdentifiers || words > 2)
  );
}

/** Splits off the key of a value, brackets or quotes around it, and the punctuation after it. */
function split(token: string): Value {
  const [, body = '', punctuation = ''] = /^(.*?)([,;.!?:]*)$/.exec(token) ?? [];
  const key = /^[\w.-]{1,64}=/.exec(body)?.[0] ?? '';
  const rest = body.slice(key.length);
  const closing = CLOSING[rest[0] ?? ''];
  if (closing === undefined || rest.length < 3) return { start: key, core: rest, end: punctuation };
  if (rest.endsWith(closing)) return { start: key + rest[0], core: rest.slice(1, -1), end: closing + punctuation };
  return { start: key + rest[0], core: rest.slice(1), end: punctuation };
}

/** The placeholder that is there already, if there is but one. */
function choosePlaceholder(cores: readonly string[]): string {
  const named = new Set(cores.filter((core) => ONLY_PLACEHOLDER.test(core)));
  return named.size === 1 ? ([...named][0] as string) : '<value>';
}
