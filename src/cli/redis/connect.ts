import { errorMessage } from '../../errors';
import { RecentCommonReader } from '../../read/reader';
import { nodeRedis } from '../../redis/node-redis';
import type { GlobalArguments } from '../arguments/invocation';
import { Failure, UsageError } from '../errors';
import { type RedisAddress, ScriptClient } from './script-client';

const PORT = 6379;

/** Where everything that is shown comes from. */
export interface Source {
  readonly reader: RecentCommonReader;
  /** How the Redis is called where people read it. */
  readonly label: string;
  close(): void;
}

/**
 * Gets ready to read.
 * @throws UsageError for a URL and OptionsError for a prefix that cannot be used, Failure where a cluster cannot be reached
 */
export async function openSource({ url, prefix: keyPrefix, isCluster }: GlobalArguments): Promise<Source> {
  const address = addressOf(url);
  const label = labelOf(address);
  if (isCluster) return openCluster(address, keyPrefix, label);
  const client = new ScriptClient(address);
  return { reader: new RecentCommonReader({ client, keyPrefix }), label, close: () => client.close() };
}

async function openCluster(address: RedisAddress, keyPrefix: string, label: string): Promise<Source> {
  const { host, port, isTls, username, password } = address;
  const cluster = nodeRedis().createCluster({
    rootNodes: [{ socket: { host, port } }],
    defaults: {
      ...(username && { username }),
      ...(password && { password }),
      ...(isTls && { socket: { tls: true } }),
    },
  });
  cluster.on('error', () => undefined);
  await cluster.connect().catch((error: unknown) => {
    throw new Failure(`cannot read from ${label}: ${errorMessage(error)}`);
  });
  return { reader: new RecentCommonReader({ client: cluster, keyPrefix }), label, close: () => cluster.destroy() };
}

/**
 * Takes a URL apart.
 * @throws UsageError which shows nothing of it, since it may hold a password
 */
function addressOf(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, database] = /^\/?(\d*)$/.exec(url?.pathname ?? '') ?? [];
  if (!url || !/^rediss?:$/.test(url.protocol) || database === undefined) {
    throw new UsageError(
      'the URL of Redis is to be redis://host[:port][/database], or rediss:// for TLS, with user:password@ before the host',
    );
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(url.port || PORT),
    isTls: url.protocol === 'rediss:',
    username: decoded(url.username),
    password: decoded(url.password),
    database: Number(database),
  };
}

/** Signs that a URL has for something else may stand in it as they are, as long as it can be taken apart. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A URL without its user and password. */
function labelOf({ host, port, isTls, database }: RedisAddress): string {
  const [scheme, name] = [isTls ? 'rediss' : 'redis', host.includes(':') ? `[${host}]` : host];
  return `${scheme}://${name}:${port}${database > 0 ? `/${database}` : ''}`;
}
