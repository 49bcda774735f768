/** Connects to the Redis of a URL, and gives a reader of it. */

import { errorMessage } from '../../errors';
import { RecentCommonReader } from '../../read/reader';
import { nodeRedis } from '../../redis/node-redis';
import { withServerName } from '../../redis/open';
import type { PassedClient } from '../../redis/passed-client';
import { parseRedisUrl, type RedisAddress, UrlError } from '../../redis/url';
import type { GlobalArguments } from '../arguments/invocation';
import { Failure, UsageError } from '../errors';
import { ScriptClient } from './script-client';

/** The Redis that everything shown comes from. */
export interface Store {
  /** For what is not only read. */
  readonly client: PassedClient;
  readonly reader: RecentCommonReader;
  /** Its URL without user and password. */
  readonly label: string;
  close(): void;
}

/**
 * Opens a reader. Connects at once to a cluster, and otherwise when something is first read.
 * @throws UsageError for an invalid URL, OptionsError for an invalid prefix, Failure if a cluster cannot be reached
 */
export async function openStore(globals: GlobalArguments): Promise<Store> {
  const { prefix: keyPrefix, isCluster } = globals;
  const address = parseAddress(globals);
  const label = addressLabel(address);
  if (isCluster) return openCluster(address, keyPrefix, label);
  const client = new ScriptClient(address);
  return { client, reader: new RecentCommonReader({ client, keyPrefix }), label, close: () => client.close() };
}

async function openCluster(address: RedisAddress, keyPrefix: string, label: string): Promise<Store> {
  const { host, port, isTls, username, password } = address;
  const cluster = nodeRedis().createCluster({
    rootNodes: [{ socket: isTls ? withServerName({ host, port, tls: true }) : { host, port } }],
    // What every server knows, and every user may.
    RESP: 2,
    defaults: {
      disableClientInfo: true,
      ...(username && { username }),
      ...(password && { password }),
      ...(isTls && { socket: { tls: true } }),
    },
  });
  cluster.on('error', () => undefined);
  await cluster.connect().catch((error: unknown) => {
    throw new Failure(`cannot read from ${label}: ${errorMessage(error)}`);
  });
  const reader = new RecentCommonReader({ client: cluster, keyPrefix });
  return { client: cluster, reader, label, close: () => cluster.destroy() };
}

/**
 * Parses the URL.
 * @throws UsageError, which shows nothing of the URL, since it may hold a password
 */
function parseAddress({ url, urlSource, isCluster }: GlobalArguments): RedisAddress {
  try {
    const address = parseRedisUrl(url);
    if (!isCluster || (address.path === undefined && address.database === 0)) return address;
  } catch (error) {
    throw error instanceof UrlError ? new UsageError(`${urlSource} must be ${error.expected}`) : error;
  }
  throw new UsageError(`${urlSource} must be a URL of a host, without a database, with --cluster`);
}

/** The URL without user and password. */
function addressLabel({ host, port, path, isTls, database }: RedisAddress): string {
  if (path !== undefined) return `unix://${path}${database > 0 ? `?db=${database}` : ''}`;
  const [scheme, name] = [isTls ? 'rediss' : 'redis', host.includes(':') ? `[${host}]` : host];
  return `${scheme}://${name}:${port}${database > 0 ? `/${database}` : ''}`;
}
