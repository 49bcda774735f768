/** Finds the Redis that all suites share. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { bringEmbeddedServer } from '../../../examples/demo/embedded';
import { isMissing } from '../requirements';
import { until } from '../wait';
import { ask } from './ask';
import { nameServer } from './capabilities';
import { isServerChosen, SERVER_PROGRAM } from './program';
import { freePort, RedisServer } from './servers';

/** A Redis that all suites share. */
export interface ProvidedRedis {
  readonly url: string;
  /** What it is, in words. */
  readonly label: string;
  stop(): Promise<unknown>;
}

/** The first available one of TEST_REDIS_URL, the server of REDIS_SERVER, a container, a redis-server from the PATH and the embedded server. */
export async function provideRedis(): Promise<ProvidedRedis> {
  const url = process.env.TEST_REDIS_URL;
  if (url) return { url, label: 'TEST_REDIS_URL', stop: async () => undefined };
  if (isServerChosen) return startServer();
  return (await startContainer()) ?? (isMissing('server') ? await startEmbedded() : await startServer());
}

/** Whether there is any sign of a container engine. Loading testcontainers to find none takes a second. */
function mayHaveContainers(): boolean {
  const { XDG_RUNTIME_DIR = `/run/user/${userInfo().uid}` } = process.env;
  const traces = ['/var/run/docker.sock', join(XDG_RUNTIME_DIR, 'docker.sock'), join(homedir(), '.docker')];
  return (
    process.platform === 'win32' ||
    Object.keys(process.env).some((name) => /^(DOCKER|TESTCONTAINERS)_/.test(name)) ||
    [...traces, join(homedir(), '.testcontainers.properties')].some((path) => existsSync(path))
  );
}

async function startContainer(): Promise<ProvidedRedis | undefined> {
  if (!mayHaveContainers()) return undefined;
  try {
    const { GenericContainer } = await import('testcontainers');
    const image = process.env.TEST_REDIS_IMAGE ?? 'redis:7-alpine';
    const container = await new GenericContainer(image).withExposedPorts(6379).start();
    const url = `redis://${container.getHost()}:${container.getMappedPort(6379)}`;
    return { url, label: `container of ${image}`, stop: () => container.stop() };
  } catch (error) {
    console.log(`no container: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function startServer(): Promise<ProvidedRedis> {
  const server = await RedisServer.start();
  const name = await nameServer((...command) => server.command(command));
  const origin = isServerChosen ? `${SERVER_PROGRAM} of REDIS_SERVER` : 'redis-server from the PATH';
  return { url: server.url, label: `${origin}, ${name}`, stop: () => server.stop() };
}

async function startEmbedded(): Promise<ProvidedRedis> {
  const port = await freePort();
  const server = spawn(process.execPath, [bringEmbeddedServer(), '--port', String(port)], { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  await until(() => ask(port, ['PING']));
  return { url, label: 'embedded JavaScript server', stop: async () => server.kill() };
}
