/** Checks the options that say how to reach Redis, and opens a connection. */

import { isIP } from 'node:net';
import { assertObject, assertWholeNumber, errorMessage, givenOptions, HIDDEN, OptionsError } from '../errors';
import type { Connection } from './connection';
import { assertKnownOptions, assertRedisOptions } from './option-names';
import { type OwnClientOptions, OwnConnection, prepareClient } from './own-connection';
import { assertClient, isClient, type PassedClient } from './passed-client';
import { PassedConnection } from './passed-connection';
import { defaultUrl, parseRedisUrl, type RedisAddress, UrlError } from './url';

const MAX_PORT = 65_535;

/** How to reach Redis. At most one of the three; none means the URL of REDIS_URL, or else `redis://localhost:6379`. */
export interface ConnectionOptions {
  /**
   * A connected client, cluster, sentinel or pool of node-redis 4 to 6, or a client or cluster of ioredis 5 or 6 or of iovalkey
   * 0.4. It is never closed. A client of its own (`client.duplicate()`) keeps other commands, such as a blocking `BLPOP`, from
   * holding up the log. If nobody listens for its `'error'` events, it gets a listener that does nothing: without one, a lost
   * connection would end the process. What it gets no reply to within 10 seconds fails. A prefix that the client puts before
   * each key comes before `keyPrefix`.
   */
  readonly client?: PassedClient | undefined;
  /**
   * URL of a Redis for a connection of our own: `redis://[user:password@]host[:port][/database]`, `rediss://` for the same with
   * TLS, or `unix://[user:password@]/path/to/socket[?db=database]`. Special characters in user and password are percent-encoded.
   * @default the environment variable REDIS_URL, or else `redis://localhost:6379`
   */
  readonly url?: string | URL | undefined;
  /**
   * node-redis options for a connection of our own. It connects on demand and, after a failure, with the next retry, so
   * `socket.reconnectStrategy`, `pingInterval` and `disableOfflineQueue` are not taken from here. Its defaults differ from
   * those of node-redis: `RESP: 2`, which older servers know as well, `disableClientInfo: true`, since some proxies, and users
   * with few rights, have no `CLIENT SETINFO`, a `socket.connectTimeout` of 2,000 ms, and no `commandOptions.timeout`: a command
   * that is not answered within 10 seconds closes the connection. `url` is read as the option above.
   */
  readonly redis?: OwnClientOptions | undefined;
}

/**
 * Checks the options that say how to reach Redis, and that there are no unknown ones.
 * @param known - the names of the other options
 * @throws OptionsError
 */
export function assertConnection(options: ConnectionOptions, known: Readonly<Record<string, true>>): void {
  assertObject(options, 'options');
  if (isClient(options)) throw new OptionsError('options', 'an object in which a client is given as client', options);
  assertKnownOptions(options, known);
  const { client, url, redis } = options;
  const given = Object.entries({ client, url, redis }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new OptionsError('client, url, redis', 'at most one of them', given.map(([option]) => option).join(' and '));
  }
  for (const [option, value] of Object.entries({ url, redis })) {
    if (isClient(value)) throw new OptionsError(option, `no client, which is given as client`, value);
  }
  if (redis !== undefined) {
    assertObject(redis, 'redis');
    assertRedisOptions(redis);
    assertNumber(redis.database, 'redis.database');
    assertSocket(redis.socket);
  }
  if (client !== undefined) assertClient(client);
  if (client === undefined) assertClientOptions(options);
}

/** node-redis checks its options when a client is made. Those errors, unlike its others, show no password. */
function assertClientOptions(options: ConnectionOptions): void {
  const found = clientOptions(options);
  try {
    prepareClient(found);
  } catch (error) {
    throw new OptionsError('redis', 'what node-redis can connect with', errorMessage(error));
  }
}

/** What node-redis would take for no option at all, and connect to localhost, or in plain text. */
function assertSocket(socket: unknown): void {
  if (socket === undefined) return;
  assertObject(socket, 'redis.socket');
  const { host, port, tls } = socket as { host?: unknown; port?: unknown; tls?: unknown };
  assertNumber(port, 'redis.socket.port', MAX_PORT);
  if (tls !== undefined && typeof tls !== 'boolean') {
    throw new OptionsError('redis.socket.tls', 'true or false; ca, cert and key stand beside it', tls);
  }
  if (host === undefined || (typeof host === 'string' && (isIP(host) > 0 || !/[@/:]/.test(host)))) return;
  // A URL may hold a password.
  const received = typeof host === 'string' ? 'a text with an @, a slash or a colon' : host;
  throw new OptionsError('redis.socket.host', 'a host name or an IP address', received);
}

/** A number from the environment is a text. */
function assertNumber(value: unknown, option: string, most?: number): void {
  if (value === undefined) return;
  assertWholeNumber(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value, option, 0, most);
}

/** Where the options, or else the environment, say that Redis is; undefined if that is in other options than a URL. */
function findUrl({ url, redis }: ConnectionOptions): { readonly option: string; readonly url: unknown } | undefined {
  if (url !== undefined) return { option: 'url', url };
  if (redis !== undefined) return redis.url === undefined ? undefined : { option: 'redis.url', url: redis.url };
  const { url: found, isFromEnvironment } = defaultUrl(process.env);
  return { option: isFromEnvironment ? 'REDIS_URL' : 'url', url: found };
}

/**
 * The options that are given, and where Redis is, for connections that are opened later: the environment may be another then.
 * @param known - the names of the options besides those that say how to reach Redis
 */
export function givenWithUrl<Options extends ConnectionOptions>(
  options: Options,
  known: Readonly<Record<string, true>>,
): Options {
  const given = givenOptions(options, { client: true, url: true, redis: true, ...known });
  const isGiven = ['client', 'url', 'redis'].some((option) => option in given);
  return isGiven ? given : { ...given, url: defaultUrl(process.env).url };
}

/** A copy: node-redis adds its defaults to the socket options that it is given. */
function clientOptions(options: ConnectionOptions): OwnClientOptions {
  const { url: _, ...given } = options.redis ?? {};
  const found = findUrl(options);
  const { socket, ...others } = found ? addressOptions(parseUrl(found)) : { socket: {} };
  return { ...given, ...others, socket: withServerName({ ...given.socket, ...socket }) } as OwnClientOptions;
}

function parseUrl({ option, url }: { readonly option: string; readonly url: unknown }): RedisAddress {
  const expected = 'a URL that begins with redis://, rediss:// or unix://';
  if (typeof url !== 'string' && !(url instanceof URL)) throw new OptionsError(option, expected, url);
  try {
    return parseRedisUrl(String(url));
  } catch (error) {
    const shown = option === 'REDIS_URL' ? HIDDEN : scheme(String(url));
    throw new OptionsError(option, error instanceof UrlError ? error.expected : expected, shown);
  }
}

/** An address as node-redis wants it. Its own reading of a URL would refuse a bare `%`, and put TLS off that is asked for. */
function addressOptions({ host, port, path, isTls, username, password, database }: RedisAddress) {
  return {
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(database > 0 && { database }),
    socket: { ...(path === undefined ? { host, port } : { path }), ...(isTls && { tls: true }) },
  };
}

interface TlsSocketOptions {
  readonly tls?: unknown;
  readonly host?: string | undefined;
  readonly servername?: string | undefined;
}

/** Sends the host's name in the TLS handshake (SNI), which Node does not by itself: several services share an address by it. */
export function withServerName<Socket extends TlsSocketOptions>(socket: Socket): Socket {
  const { host = 'localhost', servername = host } = socket;
  return socket.tls === true && !isIP(servername) ? { ...socket, servername } : socket;
}

/** The scheme alone, for errors: the rest of a URL may hold a password. */
function scheme(url: string): string {
  return /^\s*([a-z][a-z0-9+.-]*:)\/\//i.exec(url)?.[1] ?? 'no URL';
}

/**
 * A connection through the client of the options, or else of our own.
 * @param holdsProcess - whether a command in flight on a connection of our own keeps the process alive
 */
export function openConnection(options: ConnectionOptions, holdsProcess: boolean): Connection {
  if (options.client) return new PassedConnection(options.client);
  return new OwnConnection(clientOptions(options), holdsProcess);
}
