/** Finds the key under which a message counts together with others of its kind. */

import { createHash } from 'node:crypto';
import { assertKnown, assertObject, OptionsError } from '../errors';
import { writeForm } from './grouping/form';
import { toKey } from './grouping/key';
import { toText } from './json';
import { rememberForms, rememberNewest } from './newest-keys';

export { PLACEHOLDER } from './grouping/character-kinds';

/**
 * Raised whenever a rule changes what some message becomes. It is stored with the messages: known ones have other keys after a
 * change, and are not called new for an hour.
 */
const RULES_VERSION = 5;

const MAX_RULES = 50;

/** What {@link createParameterizer} replaces, and by what. */
export interface ParameterizerRule {
  /** The text that varies. It is replaced wherever it stands in the part that is examined. */
  readonly pattern: RegExp;
  /** The name of the placeholder, of 1 to 16 letters from a to z: `tenant` puts `<tenant>`. */
  readonly name: string;
}

/** Options of {@link createParameterizer}. */
export interface ParameterizerOptions {
  /** Rules of your own, at most 50. They come before the others, in this order. @default [] */
  readonly rules?: readonly ParameterizerRule[] | undefined;
}

/** Gives the key of a message, or of the info of a log call, by its message. */
export type Parameterizer = (message: string | { readonly message?: unknown }) => string;

/**
 * The key of a message: the message with a placeholder for each part that varies, so that `user 17 failed` and
 * `user 18 failed` count as one.
 *
 * `<number>` is a number in any notation, a version or an identifier: any token with a digit, or of random letters;
 * `<host>` the address or name of a machine, with its port; `<path>`, `<url>` and `<email>` are a path, a URL and an address;
 * `<time>` is a time or a duration; `<size>` a size with its unit; `<text>` a quotation; `<name>` the name of a user; `<value>`
 * any other value of `key=value` or `key: value`. All that says what happened stays: words, keys, codes of errors, HTTP statuses
 * and methods, and values of keys such as `level`, `event` and `msg`.
 *
 * The first line is examined, without escapes of a terminal, or more lines if it says nothing by itself (it ends in a colon or
 * a bracket, or is the name of an error), up to a stack; of that the first 1,024 bytes. A key has at most 1,024 bytes, too. The
 * key depends on the message alone, so all processes agree; it is found in linear time; the key of a key is the key itself.
 *
 * The rules hold for logs in general: a value is between blanks or punctuation and has a digit, or has the form of an
 * address, a path, a quotation or a `key=value` (Zhu et al., Tools and Benchmarks for Automated Log Parsing, ICSE-SEIP 2019;
 * He et al., Drain, ICWS 2017). `npm run bench:grouping` measures them.
 *
 * @param text - the message, of any length and with any characters
 * @throws OptionsError if it is no text
 * @example
 * new RedisRecentCommonTransport({ commonKey: 'pattern' });
 * parameterize('user 17 failed'); // 'user <number> failed'
 */
export function parameterize(text: string): string {
  if (typeof text !== 'string') throw new OptionsError('text', 'a string', text);
  return findKey(text);
}

const findKey = rememberNewest(rememberForms(toKey, writeForm));

/**
 * Like {@link parameterize}, with rules of your own before the others; made for `commonKey`. All processes that write to one
 * Redis should have the same rules.
 *
 * A rule sees what is examined of a message: one line of at most 1,024 bytes. How long its expression takes is up to you.
 *
 * @throws OptionsError for a rule that cannot be used
 * @example
 * const commonKey = createParameterizer({ rules: [{ pattern: /\bTenant [A-Z]\w+/, name: 'tenant' }] });
 * new RedisRecentCommonTransport({ commonKey });
 */
export function createParameterizer(options: ParameterizerOptions = {}): Parameterizer {
  assertObject(options, 'options');
  assertKnown(options, { rules: true });
  const rules = checkRules(options.rules ?? []);
  const find = rememberNewest((text) => toKey(text, (line) => applyRules(line, rules)));
  const parameterizer: Parameterizer = (message) =>
    find(typeof message === 'string' ? message : toText(message.message));
  const own = JSON.stringify(rules.map(({ pattern, name }) => [String(pattern), name]));
  ownRules.set(parameterizer, createHash('sha256').update(own).digest('base64url').slice(0, 8));
  return parameterizer;
}

/** What tells rules of their own apart, by the functions that {@link createParameterizer} has made. */
const ownRules = new WeakMap<object, string>();

/** The version of the rules that a `commonKey` groups messages by; undefined if it does not. */
export function findRules(commonKey: string | object): string | undefined {
  if (commonKey === 'pattern') return String(RULES_VERSION);
  const own = typeof commonKey === 'string' ? undefined : ownRules.get(commonKey);
  return own && `${RULES_VERSION}-${own}`;
}

function checkRules(rules: unknown): ParameterizerRule[] {
  if (!Array.isArray(rules) || rules.length > MAX_RULES) {
    throw new OptionsError('rules', `a list of at most ${MAX_RULES} rules`, rules);
  }
  return rules.map((rule: Partial<ParameterizerRule> | undefined, i) => {
    const { pattern, name } = rule ?? {};
    if (!(pattern instanceof RegExp)) throw new OptionsError(`rules[${i}].pattern`, 'a regular expression', pattern);
    if (typeof name !== 'string' || !/^[a-z]{1,16}$/.test(name)) {
      throw new OptionsError(`rules[${i}].name`, '1 to 16 letters from a to z', name);
    }
    return { pattern: new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`), name };
  });
}

function applyRules(line: string, rules: readonly ParameterizerRule[]): string {
  return rules.reduce((text, { pattern, name }) => text.replace(pattern, `<${name}>`), line);
}
