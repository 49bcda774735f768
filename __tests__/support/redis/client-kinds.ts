/** Every kind of client that an application can pass in. */

import type { EventEmitter } from 'node:events';
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import * as redis4 from 'redis-4';
import * as redis5 from 'redis-5';
import type { RedisScripter } from '../../../src';
import type { Deployments } from './deployments';

/** A connected client, as an application passes it in. Nobody listens for its errors. */
export interface PassedClient {
  readonly client: RedisScripter & EventEmitter;
  readonly close: () => unknown;
}

/** A kind of client that can be passed in. The compiler checks here that each fits the type of `client`. */
export interface ClientKind {
  readonly title: string;
  readonly deployment: keyof Deployments;
  readonly connect: (deployments: Deployments) => Promise<PassedClient>;
}

/** A client of node-redis 5 or 6, or of node-redis 4. */
type Connectable = RedisScripter &
  EventEmitter & { connect(): Promise<unknown> } & ({ destroy(): unknown } | { disconnect(): unknown });

async function connect(connectable: Connectable): Promise<PassedClient> {
  await connectable.connect();
  const close = () => ('destroy' in connectable ? connectable.destroy() : connectable.disconnect());
  return { client: connectable, close };
}

const rootNodes = ({ cluster }: Deployments) => cluster.address.map((url) => ({ url }));

async function connectReadingBuffers({ standalone }: Deployments): Promise<PassedClient> {
  const client = createClient({ url: standalone.address });
  await client.connect();
  return {
    client: client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }),
    close: () => client.destroy(),
  };
}

export const CLIENT_KINDS: readonly ClientKind[] = [
  {
    title: 'a node-redis 6 client, RESP 3',
    deployment: 'standalone',
    connect: ({ standalone }) => connect(createClient({ url: standalone.address, RESP: 3 })),
  },
  {
    title: 'a node-redis 6 client, RESP 2',
    deployment: 'standalone',
    connect: ({ standalone }) => connect(createClient({ url: standalone.address, RESP: 2 })),
  },
  {
    title: 'a node-redis 6 client whose type mapping gives Buffers',
    deployment: 'standalone',
    connect: connectReadingBuffers,
  },
  {
    title: 'a node-redis 6 pool',
    deployment: 'standalone',
    connect: ({ standalone }) => connect(createClientPool({ url: standalone.address })),
  },
  {
    title: 'a node-redis 6 sentinel client',
    deployment: 'sentinel',
    connect: ({ sentinel }) => connect(createSentinel(sentinel.address)),
  },
  {
    title: 'a node-redis 6 cluster client',
    deployment: 'cluster',
    connect: (deployments) => connect(createCluster({ rootNodes: rootNodes(deployments) })),
  },
  {
    title: 'a node-redis 5 client, RESP 3',
    deployment: 'standalone',
    connect: ({ standalone }) => connect(redis5.createClient({ url: standalone.address, RESP: 3 })),
  },
  {
    title: 'a node-redis 5 client, RESP 2',
    deployment: 'standalone',
    connect: ({ standalone }) => connect(redis5.createClient({ url: standalone.address, RESP: 2 })),
  },
  {
    title: 'a node-redis 5 pool',
    deployment: 'standalone',
    connect: ({ standalone }) => connect(redis5.createClientPool({ url: standalone.address })),
  },
  {
    title: 'a node-redis 5 sentinel client',
    deployment: 'sentinel',
    connect: ({ sentinel }) => connect(redis5.createSentinel(sentinel.address)),
  },
  {
    title: 'a node-redis 5 cluster client',
    deployment: 'cluster',
    connect: (deployments) => connect(redis5.createCluster({ rootNodes: rootNodes(deployments) })),
  },
  {
    title: 'a node-redis 4 client',
    deployment: 'standalone',
    connect: ({ standalone }) => connect(redis4.createClient({ url: standalone.address })),
  },
  {
    title: 'a node-redis 4 cluster client',
    deployment: 'cluster',
    connect: (deployments) => connect(redis4.createCluster({ rootNodes: rootNodes(deployments) })),
  },
];
