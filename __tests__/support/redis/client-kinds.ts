/** Every kind of client that an application can pass in. */

import type { EventEmitter } from 'node:events';
import * as ioredis6 from 'ioredis-6';
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import * as redis4 from 'redis-4';
import * as redis5 from 'redis-5';
import type { PassedClient, RedisScripter } from '../../../src';
import { effort } from '../effort';
import { isMissing } from '../requirements';
import type { Deployments } from './deployments';
import { type IoOptions, LIBRARIES, type Library, makeIoClient } from './ioredis-clients';

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

const NAMES: Readonly<Record<Library, string>> = {
  ioredis: 'ioredis 5',
  'ioredis-6': 'ioredis 6',
  iovalkey: 'iovalkey',
};

/** The kinds of client that ioredis and iovalkey have. */
function ioKinds(library: Library): ClientKind[] {
  const kind = (deployment: keyof Deployments, what: string, options?: IoOptions): ClientKind => ({
    title: `a ${what.replace('%s', NAMES[library])}`,
    deployment,
    connect: (deployments) => connectIo(makeIoClient(library, deployments[deployment].address, options)),
  });
  const plain = [kind('standalone', 'client of %s'), kind('cluster', 'cluster of %s')];
  // The three are of one origin, and alike in all that these options change.
  if (effort({ quick: library !== 'ioredis', full: false })) return plain;
  return [
    ...plain,
    kind('standalone', 'client of %s that is to connect later', { lazyConnect: true }),
    kind('standalone', 'client of %s that BullMQ could share', BULLMQ),
    kind('standalone', 'client of %s without a queue, that pipelines by itself and gives numbers as texts', {
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      stringNumbers: true,
    }),
    kind('sentinel', 'client of %s behind sentinels'),
    kind('cluster', 'cluster of %s that connects later, reads from replicas and pipelines by itself', {
      lazyConnect: true,
      scaleReads: 'slave',
      enableAutoPipelining: true,
    }),
  ];
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
  ...LIBRARIES.flatMap(ioKinds),
  {
    title: 'a client of ioredis 6 that maps replies of RESP 3',
    deployment: 'standalone',
    connect: ({ standalone }) => connectIo(new ioredis6.Redis(standalone.address, { replyMapping: 'resp3' })),
  },
];

/** Every kind that the server of the tests can talk to. */
export const CLIENT_KINDS = KINDS.filter(({ needsResp3 }) => !(needsResp3 && isMissing('RESP 3')));
