/** Makes Redis users with the rights that docs/operations.md lists. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { createClient } from 'redis';

type Client = ReturnType<typeof createClient>;

/** A user of docs/operations.md. */
export type Role = 'writer' | 'reader';

const operations = readFileSync(resolve(__dirname, '../../../docs/operations.md'), 'utf8');

/** The documented words that make a user, without its password, with key patterns for a prefix. */
export function userRules(role: Role, prefix = ''): string[] {
  const words = new RegExp(`^ACL SETUSER log-${role} (.+)$`, 'm').exec(operations)?.[1]?.split(' ');
  if (!words) throw new Error(`docs/operations.md makes no user log-${role}`);
  return words
    .filter((word) => !word.startsWith('>'))
    .map((word) => (word.startsWith('~') ? `~${prefix}${word.slice(1)}` : word));
}

/** The rights that docs/operations.md adds for a purpose. */
export function extraRules(purpose: string): string[] {
  const rules = new RegExp(`^- .*${purpose}.*?: \`([^\`]+)\``, 'm').exec(operations)?.[1];
  if (!rules) throw new Error(`docs/operations.md grants nothing for ${purpose}`);
  return rules.split(' ');
}

/** Makes a user with a name and a password of its own. Returns the URL by which it connects to the same Redis. */
export async function makeUser(redis: Client, url: string, rules: readonly string[]): Promise<string> {
  const user = new URL(url);
  user.username = `test-${randomUUID()}`;
  user.password = randomUUID();
  const more = user.pathname.length > 1 ? extraRules('database') : [];
  await redis.sendCommand(['ACL', 'SETUSER', user.username, ...rules, ...more, `>${user.password}`]);
  return user.href;
}

/** Removes a user by the URL from `makeUser`. */
export async function removeUser(redis: Client, userUrl: string): Promise<void> {
  await redis.sendCommand(['ACL', 'DELUSER', new URL(userUrl).username]);
}

/** Whether a Redis has users as Redis 6.2 and later do, and lets this client make some. */
export async function canMakeUsers(redis: Client, url: string): Promise<boolean> {
  try {
    await removeUser(redis, await makeUser(redis, url, ['resetchannels']));
    return true;
  } catch {
    return false;
  }
}
