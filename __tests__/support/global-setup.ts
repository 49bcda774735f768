/** Compiles the programs of the tests, finds a Redis and says which tests are skipped, once for all suites. */

import { compiledRoot } from './compiled';
import { findLacks } from './redis/capabilities';
import { isServerChosen, putServerOnPath } from './redis/program';
import { type ProvidedRedis, provideRedis } from './redis/provide-redis';
import { addMissing, missingRequirements } from './requirements';

declare global {
  var providedRedis: ProvidedRedis | undefined;
}

export default async function setup(): Promise<void> {
  // Its path is in the environment of the workers from now on.
  compiledRoot();
  putServerOnPath();
  const { server } = missingRequirements();
  if (server && isServerChosen) throw new Error(server);
  if (!server) addMissing(await findLacks());
  const redis = await provideRedis();
  globalThis.providedRedis = redis;
  process.env.TEST_REDIS_URL = redis.url;
  console.log(`\nRedis for the tests: ${redis.label}`);
  for (const [requirement, reason] of Object.entries(missingRequirements())) {
    console.log(`Skipped tests (${requirement}): ${reason}`);
  }
}
