import { compiledRoot } from './compiled';
import { type ProvidedRedis, provideRedis } from './redis/provide-redis';
import { noServerReason } from './redis/servers';

declare global {
  var providedRedis: ProvidedRedis | undefined;
}

export default async function setup(): Promise<void> {
  // Its path is in the environment of the workers from now on.
  compiledRoot();
  const redis = await provideRedis();
  globalThis.providedRedis = redis;
  process.env.TEST_REDIS_URL = redis.url;
  console.log(`\nRedis for the tests: ${redis.label}`);
  if (noServerReason) console.log(`Suites that start servers of their own are skipped: ${noServerReason}`);
}
