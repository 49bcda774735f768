/** Makes the node-redis client that a process of a test passes in. */

import { createClient, createCluster, createSentinel } from 'redis';
import type { RedisScripter } from '../../../src';
import { until } from '../wait';
import type { WriterConnection } from './fault-writer';

/** A client that has yet to be connected. */
export type Connectable = RedisScripter & { connect(): Promise<unknown>; destroy(): unknown };

/** Undefined if the subject of the test is to connect by itself. */
export function makeNodeRedisClient(to: WriterConnection): Connectable | undefined {
  if ('clientUrl' in to) return createClient({ url: to.clientUrl, RESP: 2 });
  if ('cluster' in to) return createCluster({ rootNodes: to.cluster.map((url) => ({ url })), RESP: 2 });
  return 'sentinel' in to ? createSentinel({ ...to.sentinel, RESP: 2 }) : undefined;
}

/** The options by which a transport or a watcher reaches Redis, also in the middle of a fault. */
export async function reachRedis(to: WriterConnection): Promise<{ url: string } | { client: Connectable }> {
  if ('url' in to) return { url: to.url };
  return {
    client: await until(async () => {
      const client = makeNodeRedisClient(to) as Connectable;
      client.on('error', () => undefined);
      await client.connect();
      return client;
    }),
  };
}
