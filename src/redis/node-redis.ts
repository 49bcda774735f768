/**
 * node-redis, loaded with the first connection of our own: that takes longer than to load and do everything else that the
 * command line viewer does, and who passes a client in needs none of it.
 */
export function nodeRedis(): typeof import('redis') {
  return require('redis') as typeof import('redis');
}
