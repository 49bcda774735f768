/** Connects the libraries whose clients are like that of ioredis, in each form of Redis. */

import type { EventEmitter } from 'node:events';
import * as ioredis5 from 'ioredis';
import * as ioredis6 from 'ioredis-6';
import * as iovalkey from 'iovalkey';
import type { IoredisScripter } from '../../../src';
import type { SentinelAddress } from './deployments';

/** A library, by the name of its package here. */
export type Library = 'ioredis' | 'ioredis-6' | 'iovalkey';

/** All of them. */
export const LIBRARIES: readonly Library[] = ['ioredis', 'ioredis-6', 'iovalkey'];

/** Where a client finds its server: one of its URL, the nodes of a cluster, or sentinels. */
export type Whereabouts = string | readonly string[] | SentinelAddress;

/** A client, as an application passes it in. */
export type IoClient = IoredisScripter & EventEmitter & { connect(): Promise<unknown>; disconnect(): void };

/** Options that the libraries have in common. */
export interface IoOptions {
  readonly lazyConnect?: boolean;
  readonly maxRetriesPerRequest?: number | null;
  readonly enableReadyCheck?: boolean;
  readonly disableClientInfo?: boolean;
  readonly enableOfflineQueue?: boolean;
  readonly enableAutoPipelining?: boolean;
  readonly stringNumbers?: boolean;
  readonly scaleReads?: 'slave';
  /** Of each node of a cluster. */
  readonly redisOptions?: { readonly username: string; readonly password: string };
}

const { Redis: Redis5, Cluster: Cluster5 } = ioredis5;
const { Redis: Redis6, Cluster: Cluster6 } = ioredis6;
const { Redis: Valkey, Cluster: ValkeyCluster } = iovalkey;

/** Makes a client, which connects by itself unless the options say otherwise. */
export function makeIoClient(library: Library, where: Whereabouts, options: IoOptions = {}): IoClient {
  if (typeof where === 'string') return makeClient(library, where, options);
  if (!('name' in where)) return makeCluster(library, [...where], options);
  const { name, sentinelRootNodes: sentinels } = where;
  const found = { ...options, name, sentinels };
  if (library === 'ioredis') return new Redis5(found);
  return library === 'ioredis-6' ? new Redis6(found) : new Valkey(found);
}

function makeClient(library: Library, url: string, options: IoOptions): IoClient {
  if (library === 'ioredis') return new Redis5(url, options);
  return library === 'ioredis-6' ? new Redis6(url, options) : new Valkey(url, options);
}

function makeCluster(library: Library, urls: string[], options: IoOptions): IoClient {
  if (library === 'ioredis') return new Cluster5(urls, options);
  return library === 'ioredis-6' ? new Cluster6(urls, options) : new ValkeyCluster(urls, options);
}
