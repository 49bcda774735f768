/** Loads node-redis late, when the first connection of our own needs it. */

/** Loading node-redis takes some 300 ms. The command line, and an application that passes its own client in, do without. */
export function nodeRedis(): typeof import('@redis/client') {
  return require('@redis/client') as typeof import('@redis/client');
}
