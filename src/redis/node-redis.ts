/** Loads node-redis late, when the first connection of our own needs it. */

import { createRequire } from 'node:module';

/**
 * Loads the client of node-redis without the modules for search, JSON and the like. The command line, and an application that
 * passes its own client in, do without either. In a bundle, the client cannot be found by itself.
 */
export function nodeRedis(): Pick<
  typeof import('redis'),
  'RedisClient' | 'createCluster' | 'ConnectionTimeoutError' | 'DisconnectsClientError' | 'ErrorReply'
> {
  try {
    const redis = createRequire(__filename).resolve('redis');
    return createRequire(redis)('@redis/client');
  } catch {
    return require('redis');
  }
}
