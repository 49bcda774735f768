import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { createClient } from 'redis';

type Client = ReturnType<typeof createClient>;

/** The users that docs/operations.md tells how to make. */
export type Role = 'writer' | 'reader';

const operations = readFileSync(resolve(__dirname, '../../../docs/operations.md'), 'utf8');

/** The documented words that make a user, but for its password; key patterns are those of a prefix. */
export function rulesOf(role: Role, prefix = ''): string[] {
  const words = new RegExp(`^ACL SETUSER log-${role} (.+)$`, 'm').exec(operations)?.[1]?.split(' ');
  if (!words) throw new Error(`docs/operations.md makes no user log-${role}`);
  return words
    .filter((word) => !word.startsWith('>'))
    .map((word) => (word.startsWith('~') ? `~${prefix}${word.slice(1)}` : word));
}

/** The rights that docs/operations.md grants more for a purpose. */
export function moreRulesFor(purpose: string): string[] {
  const rules = new RegExp(`^- .*${purpose}.*?: \`([^\`]+)\``, 'm').exec(operations)?.[1];
  if (!rules) throw new Error(`docs/operations.md grants nothing for ${purpose}`);
  return rules.split(' ');
}

/** Makes a user with a name and a password of its own. Returns the URL by which it connects to the same Redis. */
export async function makeUser(redis: Client, url: string, rules: readonly string[]): Promise<string> {
  const user = new URL(url);
  user.username = `test-${randomUUID()}`;
  user.password = randomUUID();
  const more = user.pathname.length > 1 ? moreRulesFor('database') : [];
  await redis.sendCommand(['ACL', 'SETUSER', user.username, ...rules, ...more, `>${user.password}`]);
  return user.href;
}

/** Removes a user that was made with such a URL. */
export async function removeUser(redis: Client, userUrl: string): Promise<void> {
  await redis.sendCommand(['ACL', 'DELUSER', new URL(userUrl).username]);
}

/** Whether a Redis has users as Redis 6.2 and later have them, and lets this client make some. */
export async function canMakeUsers(redis: Client, url: string): Promise<boolean> {
  try {
    await removeUser(redis, await makeUser(redis, url, ['resetchannels']));
    return true;
  } catch {
    return false;
  }
}
