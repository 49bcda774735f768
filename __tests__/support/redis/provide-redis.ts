import { createRedisMock } from 'js-redis-server';
import { noServerReason, RedisServer } from './servers';

/** A Redis that all suites share. */
export interface ProvidedRedis {
  readonly url: string;
  /** What it is, in words. */
  readonly label: string;
  stop(): Promise<unknown>;
}

/** The first that is to be had: TEST_REDIS_URL, a container, a redis-server from the PATH, the embedded server. */
export async function provideRedis(): Promise<ProvidedRedis> {
  const url = process.env.TEST_REDIS_URL;
  if (url) return { url, label: 'TEST_REDIS_URL', stop: async () => undefined };
  return (await startContainer()) ?? (noServerReason ? await startEmbedded() : await startServer());
}

async function startContainer(): Promise<ProvidedRedis | undefined> {
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
  return { url: server.url, label: 'redis-server from the PATH', stop: () => server.stop() };
}

async function startEmbedded(): Promise<ProvidedRedis> {
  const server = await createRedisMock();
  return { url: server.url, label: 'embedded JavaScript server', stop: () => server.close() };
}
