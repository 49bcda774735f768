/** Makes Redis users with the rights that docs/operations.md lists. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import type { createClient } from 'redis';

type Client = ReturnType<typeof createClient>;

/** A user of docs/operations.md. */
export type Role = 'writer' | 'reader' | 'watcher';

const operations = readFileSync(resolve(__dirname, '../../../docs/operations.md'), 'utf8');

/** The documented words that make a user, without its password, with key patterns for a prefix. */
export function userRules(role: Role, prefix = ''): string[] {
  const words = new RegExp(`^ACL SETUSER log-${role} (.+)$`, 'm').exec(operations)?.[1]?.split(' ');
  if (!words) throw new Error(`docs/operations.md makes no user log-${role}`);
  return words.filter((word) => !word.startsWith('>')).map((word) => word.replace(/^(\(?)~/, `$1~${prefix}`));
}

/** The rights that docs/operations.md adds for a purpose. */
export function extraRules(purpose: string): string[] {
  const rules = new RegExp(`^- .*${purpose}.*?: \`([^\`]+)\``, 'm').exec(operations)?.[1];
  if (!rules) throw new Error(`docs/operations.md grants nothing for ${purpose}`);
  return rules.split(' ');
}

/** How Redis refuses a command, and how versions up to 7.0 and from 7.2 on refuse one in a script. */
export const NOT_PERMITTED = /NOPERM|user executing the script can't|ACL failure in script/;

/** What sets the rights of users: a client of node-redis, of whatever kind. */
type Setter = (words: string[]) => Promise<unknown>;

/**
 * Sets the rights of a user, with those words alone that the server knows: Redis 6.0 has no rights to channels, and Redis 6 none in
 * parentheses.
 */
export async function setUser(send: Setter, name: string, rules: readonly string[]): Promise<unknown> {
  const words = ['ACL', 'SETUSER', name];
  return send([...words, ...rules]).catch((error: Error) => {
    const [, wrong = ''] = /modifier '([^']*)'/.exec(error.message) ?? [];
    const isBare = wrong.startsWith('(');
    if (wrong !== 'resetchannels' && !isBare) throw error;
    const left = isBare ? rules.map(withoutParentheses) : rules.filter((rule) => rule !== wrong);
    return setUser(
      send,
      name,
      left.filter((rule, i) => rule !== '-@all' || left.indexOf(rule) === i),
    );
  });
}

function withoutParentheses(rule: string): string {
  return rule.replace(/^\(|\)$/g, '');
}

/** The refusals in the log of a server, in words. */
export async function readRefusals(redis: Client): Promise<string[]> {
  const refusals = (await redis.sendCommand(['ACL', 'LOG'])) as unknown as unknown[];
  return refusals.map((refusal) => inspect(refusal));
}

/** Makes a user with a name and a password of its own. Returns the URL by which it connects to the same Redis. */
export async function makeUser(redis: Client, url: string, rules: readonly string[]): Promise<string> {
  const user = new URL(url);
  user.username = `test-${randomUUID()}`;
  user.password = randomUUID();
  const more = user.pathname.length > 1 ? extraRules('database') : [];
  await setUser((words) => redis.sendCommand(words), user.username, [...rules, ...more, `>${user.password}`]);
  return user.href;
}

/** Removes a user by the URL from `makeUser`. */
export async function removeUser(redis: Client, userUrl: string): Promise<void> {
  await redis.sendCommand(['ACL', 'DELUSER', new URL(userUrl).username]);
}

/** Whether a Redis has users, as Redis 6 and later do, and lets this client make some. */
export async function canMakeUsers(redis: Client, url: string): Promise<boolean> {
  try {
    await removeUser(redis, await makeUser(redis, url, ['resetchannels']));
    return true;
  } catch {
    return false;
  }
}
