/** Asks the server of the tests what it can do, and gives the reason for each thing that it cannot. */

import type { Capability } from '../requirements';
import { ask } from './ask';
import { freePort, RedisServer } from './servers';

type Ask = (...command: string[]) => Promise<unknown>;

const CHECKS: Record<Exclude<Capability, 'TLS'>, (command: Ask) => Promise<string | undefined>> = {
  users: async (command) => ((await isRefused(command('ACL', 'WHOAMI'))) ? 'has no users' : undefined),
  'rights in scripts': async (command) =>
    (await command('EVAL', 'return redis.acl_check_cmd and 1 or redis.setresp and 0 or 1', '0')) === 1
      ? undefined
      : 'has users, and lets no script look at their rights',
  'RESP 3': async (command) => ((await knows(command, 'HELLO')) ? undefined : 'does not know HELLO'),
  'paused writes': async (command) =>
    (await isRefused(command('CLIENT', 'PAUSE', '1', 'WRITE'))) ? 'cannot pause writes alone' : undefined,
  'replicas for scripts': async (command) => {
    await command('CONFIG', 'SET', 'min-replicas-to-write', '1');
    const isHeld = await isRefused(command('EVAL', "return redis.call('SET', KEYS[1], '')", '1', 'probe'));
    return isHeld ? undefined : 'lets scripts write with too few replicas';
  },
  'failed calls': async (command) =>
    /failed_calls/.test(String(await command('INFO', 'commandstats'))) ? undefined : 'does not count calls that fail',
  'freed objects': async (command) =>
    /lazyfreed_objects/.test(String(await command('INFO', 'memory'))) ? undefined : 'does not count what it has freed',
};

/** What the server that tests start cannot do, and why. */
export async function findLacks(): Promise<Partial<Record<Capability, string>>> {
  const server = await RedisServer.start();
  try {
    const name = await nameServer((...command) => ask(server.port, command));
    const reasons = Object.entries(CHECKS).map(async ([capability, check]) => {
      const reason = await check((...command) => ask(server.port, command));
      return [capability, reason && `${name} ${reason}`];
    });
    const lacks = Object.fromEntries(await Promise.all(reasons));
    // The last question: Redis 7.4 without TLS does not survive it.
    return (await hasTls(server)) ? lacks : { ...lacks, TLS: `${name} was built without TLS` };
  } finally {
    await server.stop();
  }
}

/** A server with TLS lacks a certificate, and says so. */
async function hasTls(server: RedisServer): Promise<boolean> {
  const answer = await ask(server.port, ['CONFIG', 'SET', 'tls-port', String(await freePort())]).catch(String);
  return /TLS configuration/.test(String(answer));
}

/** The name and version of a server, as it tells them. */
export async function nameServer(command: Ask): Promise<string> {
  const info = String(await command('INFO', 'server'));
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const valkey = field('valkey_version');
  if (valkey) return `Valkey ${valkey}`;
  // It has the version in the field of Redis, and its own name nowhere else.
  const isKeyDb = field('executable')?.endsWith('keydb-server');
  return `${isKeyDb ? 'KeyDB' : 'Redis'} ${field('redis_version')}`;
}

async function knows(command: Ask, name: string): Promise<boolean> {
  const [found] = (await command('COMMAND', 'INFO', name)) as unknown[];
  return Array.isArray(found);
}

async function isRefused(reply: Promise<unknown>): Promise<boolean> {
  return reply.then(
    () => false,
    () => true,
  );
}
