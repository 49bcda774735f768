/** Connects to the Redis of a URL, and gives a reader of it. */

import { errorMessage } from '../../errors';
import { RecentCommonReader } from '../../read/reader';
import { nodeRedis } from '../../redis/node-redis';
import type { GlobalArguments } from '../arguments/invocation';
import { Failure, UsageError } from '../errors';
import { type RedisAddress, ScriptClient } from './script-client';

const PORT = 6379;

/** The Redis that everything shown comes from. */
export interface Store {
  readonly reader: RecentCommonReader;
  /** Its URL without user and password. */
  readonly label: string;
  close(): void;
}

/**
 * Opens a reader. Connects at once to a cluster, and otherwise when something is first read.
 * @throws UsageError for an invalid URL, OptionsError for an invalid prefix, Failure if a cluster cannot be reached
 */
export async function openStore({ url, prefix: keyPrefix, isCluster }: GlobalArguments): Promise<Store> {
  const address = parseAddress(url);
  const label = addressLabel(address);
  if (isCluster) return openCluster(address, keyPrefix, label);
  const client = new ScriptClient(address);
  return { reader: new RecentCommonReader({ client, keyPrefix }), label, close: () => client.close() };
}

async function openCluster(address: RedisAddress, keyPrefix: string, label: string): Promise<Store> {
  const { host, port, isTls, username, password } = address;
  const cluster = nodeRedis().createCluster({
    rootNodes: [{ socket: { host, port } }],
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
  return { reader: new RecentCommonReader({ client: cluster, keyPrefix }), label, close: () => cluster.destroy() };
}

/**
 * Parses a URL.
 * @throws UsageError, which shows nothing of the URL, since it may hold a password
 */
function parseAddress(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, database] = /^\/?(\d*)$/.exec(url?.pathname ?? '') ?? [];
  // An `@` after the host means that the password holds a `/`, `?` or `#`, and that what was taken for the host is a part of it.
  const isCut = /@/.test(`${url?.search}${url?.hash}`);
  if (!url || !/^rediss?:$/.test(url.protocol) || database === undefined || isCut) {
    throw new UsageError(
      'the Redis URL must be redis://host[:port][/database], or rediss:// for TLS, with user and password percent-encoded before the host',
    );
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(url.port || PORT),
    isTls: url.protocol === 'rediss:',
    username: decode(url.username),
    password: decode(url.password),
    database: Number(database),
  };
}

/** Accepts a bare `%` that encodes nothing: people paste passwords as they are. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The URL without user and password. */
function addressLabel({ host, port, isTls, database }: RedisAddress): string {
  const [scheme, name] = [isTls ? 'rediss' : 'redis', host.includes(':') ? `[${host}]` : host];
  return `${scheme}://${name}:${port}${database > 0 ? `/${database}` : ''}`;
}
