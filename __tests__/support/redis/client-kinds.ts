/** Every kind of client that an application can pass in. */

import type { EventEmitter } from 'node:events';
import * as ioredis5 from 'ioredis';
import * as ioredis6 from 'ioredis-6';
import * as iovalkey from 'iovalkey';
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import * as redis4 from 'redis-4';
import * as redis5 from 'redis-5';
import type { PassedClient, RedisScripter } from '../../../src';
import { isMissing } from '../requirements';
import type { Deployments } from './deployments';

/** A connected client, as an application passes it in. Nobody listens for its errors. */
export interface ConnectedClient {
  readonly client: PassedClient & EventEmitter;
  readonly close: () => unknown;
}

/** A kind of client that can be passed in. The compiler checks here that each fits the type of `client`. */
export interface ClientKind {
  readonly title: string;
  readonly deployment: keyof Deployments;
  /** Whether it only works with servers that know RESP 3. */
  readonly needsResp3?: boolean;
  readonly connect: (deployments: Deployments) => Promise<ConnectedClient>;
}

/** A client of node-redis 5 or 6, or of node-redis 4. */
type Connectable = RedisScripter &
  EventEmitter & { connect(): Promise<unknown> } & ({ destroy(): unknown } | { disconnect(): unknown });

async function connect(connectable: Connectable): Promise<ConnectedClient> {
  await connectable.connect();
  const close = () => ('destroy' in connectable ? connectable.destroy() : connectable.disconnect());
  return { client: connectable, close };
}

/** A client of ioredis or iovalkey connects by itself. */
async function connectIo(client: PassedClient & EventEmitter & { disconnect(): void }): Promise<ConnectedClient> {
  return { client, close: () => client.disconnect() };
}

/** What ioredis needs to find a master through its sentinels. */
const bySentinel = ({ sentinel: { address } }: Deployments) => ({
  sentinels: address.sentinelRootNodes,
  name: address.name,
});

/** As BullMQ wants it of the connection that it is given. */
const BULLMQ = { maxRetriesPerRequest: null, enableReadyCheck: false };

/** What node-redis 6 speaks by default, where the server knows it. */
const RESP = isMissing('RESP 3') ? 2 : 3;

const rootNodes = ({ cluster }: Deployments) => cluster.address.map((url) => ({ url }));

async function connectReadingBuffers({ standalone }: Deployments): Promise<ConnectedClient> {
  const client = createClient({ url: standalone.address, RESP });
  await client.connect();
  return {
    client: client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }),
    close: () => client.destroy(),
  };
}

const KINDS: readonly ClientKind[] = [
  {
    title: 'a node-redis 6 client, RESP 3',
    deployment: 'standalone',
    needsResp3: true,
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
    connect: ({ standalone }) => connect(createClientPool({ url: standalone.address, RESP })),
  },
  {
    title: 'a node-redis 6 sentinel client',
    deployment: 'sentinel',
    connect: ({ sentinel }) => connect(createSentinel({ ...sentinel.address, RESP })),
  },
  {
    title: 'a node-redis 6 cluster client',
    deployment: 'cluster',
    connect: (deployments) => connect(createCluster({ rootNodes: rootNodes(deployments), RESP })),
  },
  {
    title: 'a node-redis 5 client, RESP 3',
    deployment: 'standalone',
    needsResp3: true,
    connect: ({ standalone }) => connect(redis5.createClient({ url: standalone.address, RESP: 3 })),
  },
  {
    title: 'a node-redis 5 client, RESP 2',
    deployment: 'standalone',
    connect: ({ standalone }) => connect(redis5.createClient({ url: standalone.address })),
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
  {
    title: 'a client of ioredis 5',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new ioredis5.Redis(standalone.address)),
  },
  {
    title: 'a client of ioredis 5 that is to connect later',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new ioredis5.Redis(standalone.address, { lazyConnect: true })),
  },
  {
    title: 'a client of ioredis 5 that BullMQ could share',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new ioredis5.Redis(standalone.address, BULLMQ)),
  },
  {
    title: 'a client of ioredis 5 without a queue, that pipelines by itself and gives numbers as texts',
    deployment: 'standalone',
    connect: ({ standalone }) =>
      connectIo(
        new ioredis5.Redis(standalone.address, {
          enableOfflineQueue: false,
          enableAutoPipelining: true,
          stringNumbers: true,
        }),
      ),
  },
  {
    title: 'a client of ioredis 5 behind sentinels',
    deployment: 'sentinel',
    connect: (deployments) => connectIo(new ioredis5.Redis(bySentinel(deployments))),
  },
  {
    title: 'a cluster of ioredis 5',
    deployment: 'cluster',
    connect: ({ cluster }) => connectIo(new ioredis5.Cluster(cluster.address)),
  },
  {
    title: 'a cluster of ioredis 5 that connects later, reads from replicas and pipelines by itself',
    deployment: 'cluster',
    connect: ({ cluster }) =>
      connectIo(
        new ioredis5.Cluster(cluster.address, { lazyConnect: true, scaleReads: 'slave', enableAutoPipelining: true }),
      ),
  },
  {
    title: 'a client of ioredis 6',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new ioredis6.Redis(standalone.address)),
  },
  {
    title: 'a client of ioredis 6 that is to connect later',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new ioredis6.Redis(standalone.address, { lazyConnect: true })),
  },
  {
    title: 'a client of ioredis 6 that BullMQ could share',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new ioredis6.Redis(standalone.address, BULLMQ)),
  },
  {
    title: 'a client of ioredis 6 without a queue, that pipelines by itself and gives numbers as texts',
    deployment: 'standalone',
    connect: ({ standalone }) =>
      connectIo(
        new ioredis6.Redis(standalone.address, {
          enableOfflineQueue: false,
          enableAutoPipelining: true,
          stringNumbers: true,
        }),
      ),
  },
  {
    title: 'a client of ioredis 6 behind sentinels',
    deployment: 'sentinel',
    connect: (deployments) => connectIo(new ioredis6.Redis(bySentinel(deployments))),
  },
  {
    title: 'a cluster of ioredis 6',
    deployment: 'cluster',
    connect: ({ cluster }) => connectIo(new ioredis6.Cluster(cluster.address)),
  },
  {
    title: 'a cluster of ioredis 6 that connects later, reads from replicas and pipelines by itself',
    deployment: 'cluster',
    connect: ({ cluster }) =>
      connectIo(
        new ioredis6.Cluster(cluster.address, { lazyConnect: true, scaleReads: 'slave', enableAutoPipelining: true }),
      ),
  },
  {
    title: 'a client of iovalkey',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new iovalkey.Redis(standalone.address)),
  },
  {
    title: 'a client of iovalkey that is to connect later',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new iovalkey.Redis(standalone.address, { lazyConnect: true })),
  },
  {
    title: 'a client of iovalkey that BullMQ could share',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new iovalkey.Redis(standalone.address, BULLMQ)),
  },
  {
    title: 'a client of iovalkey without a queue, that pipelines by itself and gives numbers as texts',
    deployment: 'standalone',
    connect: ({ standalone }) =>
      connectIo(
        new iovalkey.Redis(standalone.address, {
          enableOfflineQueue: false,
          enableAutoPipelining: true,
          stringNumbers: true,
        }),
      ),
  },
  {
    title: 'a client of iovalkey behind sentinels',
    deployment: 'sentinel',
    connect: (deployments) => connectIo(new iovalkey.Redis(bySentinel(deployments))),
  },
  {
    title: 'a cluster of iovalkey',
    deployment: 'cluster',
    connect: ({ cluster }) => connectIo(new iovalkey.Cluster(cluster.address)),
  },
  {
    title: 'a cluster of iovalkey that connects later, reads from replicas and pipelines by itself',
    deployment: 'cluster',
    connect: ({ cluster }) =>
      connectIo(
        new iovalkey.Cluster(cluster.address, { lazyConnect: true, scaleReads: 'slave', enableAutoPipelining: true }),
      ),
  },
  {
    title: 'a client of ioredis 6 that maps replies of RESP 3',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new ioredis6.Redis(standalone.address, { replyMapping: 'resp3' })),
  },
];

/** Every kind that the server of the tests can talk to. */
export const CLIENT_KINDS = KINDS.filter(({ needsResp3 }) => !(needsResp3 && isMissing('RESP 3')));
