/** Checks the options that say how to reach Redis, and opens a connection. */

import { assertObject, errorMessage, OptionsError } from '../errors';
import type { Connection } from './connection';
import { type OwnClientOptions, OwnConnection, prepareClient } from './own-connection';
import { assertClient, isClient, type PassedClient } from './passed-client';
import { PassedConnection } from './passed-connection';

/** How to reach Redis. At most one of the three; none means `redis://localhost:6379`. */
export interface ConnectionOptions {
  /**
   * A connected client, cluster, sentinel or pool of node-redis 4 to 6, or a client or cluster of ioredis 5 or 6 or of iovalkey
   * 0.4. It is never closed. A client of its own (`client.duplicate()`) keeps other commands, such as a blocking `BLPOP`, from
   * holding up the log. If nobody listens for its `'error'` events, it gets a listener that does nothing: without one, a lost
   * connection would end the process. A prefix that the client puts before each key comes before `keyPrefix`.
   */
  readonly client?: PassedClient | undefined;
  /** URL of a Redis for a connection of our own: `redis://` or, with TLS, `rediss://`. */
  readonly url?: string | undefined;
  /**
   * node-redis options for a connection of our own. It connects on demand and, after a failure, with the next retry, so
   * `socket.reconnectStrategy`, `pingInterval` and `disableOfflineQueue` are not taken from here. Its defaults differ from
   * those of node-redis: `RESP: 2`, which older servers know as well, `disableClientInfo: true`, since a user with few rights
   * may not send `CLIENT SETINFO`, a `socket.connectTimeout` of 2,000 ms, and no `commandOptions.timeout`: a command that is
   * not answered within 10 seconds closes the connection.
   */
  readonly redis?: OwnClientOptions | undefined;
}

/**
 * Checks the options that say how to reach Redis.
 * @throws OptionsError
 */
export function assertConnection(options: ConnectionOptions): void {
  assertObject(options, 'options');
  const { client, url, redis } = options;
  const given = Object.entries({ client, url, redis }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new OptionsError('client, url, redis', 'at most one of them', given.map(([option]) => option).join(' and '));
  }
  for (const [option, value] of Object.entries({ url, redis })) {
    if (isClient(value)) throw new OptionsError(option, `no client, which is given as client`, value);
  }
  if (redis !== undefined) assertObject(redis, 'redis');
  if (client !== undefined) assertClient(client);
  if (url !== undefined && !/^rediss?:$/.test(parseProtocol(url))) {
    const received = typeof url === 'string' ? parseProtocol(url) : url;
    throw new OptionsError('url', 'a URL that begins with redis:// or rediss://', received);
  }
  assertHost(redis?.socket);
  for (const each of [url, redis?.url]) assertWholeUrl(each, url === undefined ? 'redis.url' : 'url');
  if (client === undefined) assertClientOptions(url === undefined ? 'redis' : 'url', clientOptions(options));
}

/** node-redis checks its options when a client is made. Those errors, unlike its others, show no password. */
function assertClientOptions(option: string, options: OwnClientOptions): void {
  try {
    prepareClient(options);
  } catch (error) {
    throw new OptionsError(option, 'what node-redis can connect with', errorMessage(error));
  }
}

/** A password with a `/`, `?` or `#` ends the host of a URL: a part of it would be connected to, and stand in errors. */
function assertWholeUrl(url: unknown, option: string): void {
  if (typeof url !== 'string' || !URL.canParse(url)) return;
  const { protocol, pathname, search, hash } = new URL(url);
  if (!`${pathname}${search}${hash}`.includes('@')) return;
  throw new OptionsError(option, 'a URL whose user and password are percent-encoded', protocol);
}

/** A URL in place of a host would stand in the error that it cannot be found. */
function assertHost(socket: unknown): void {
  const { host } = Object(socket) as { host?: unknown };
  if (typeof host !== 'string' || !/[@/]/.test(host)) return;
  throw new OptionsError('redis.socket.host', 'a host name or an IP address', 'a text with an @ or a slash');
}

/** A copy: node-redis adds its defaults to the socket options that it is given. */
function clientOptions({ url, redis = {} }: ConnectionOptions): OwnClientOptions {
  if (url !== undefined) return { url };
  return redis.socket ? ({ ...redis, socket: { ...redis.socket } } as OwnClientOptions) : redis;
}

/** The scheme alone, for errors: the rest of a URL may hold a password. */
function parseProtocol(url: unknown): string {
  try {
    return new URL(String(url)).protocol;
  } catch {
    return 'no URL';
  }
}

/**
 * A connection through the client of the options, or else of our own.
 * @param holdsProcess - whether a command in flight on a connection of our own keeps the process alive
 */
export function openConnection(options: ConnectionOptions, holdsProcess: boolean): Connection {
  if (options.client) return new PassedConnection(options.client);
  return new OwnConnection(clientOptions(options), holdsProcess);
}
