/** Refuses options of a connection that are misspelled, in the wrong place or those of another client, and offers the right ones. */

import { assertKnown, HIDDEN, type Instead, nearestName, OptionsError } from '../errors';
import type { OwnClientOptions } from './own-connection';

/** The options of node-redis, by which a misspelled one is told. */
const NODE_REDIS_OPTIONS = Object.keys({
  url: true,
  socket: true,
  username: true,
  password: true,
  credentialsProvider: true,
  name: true,
  database: true,
  keyPrefix: true,
  commandsQueueMaxLength: true,
  disableOfflineQueue: true,
  readonly: true,
  pingInterval: true,
  commandOptions: true,
  clientSideCache: true,
  disableClientInfo: true,
  clientInfoTag: true,
  RESP: true,
  modules: true,
  functions: true,
  scripts: true,
} satisfies Partial<Record<keyof OwnClientOptions, true>>);

const OWN_CLIENT = 'a client of your own as client';

/** What stands for options of ioredis, and of sockets, in those of node-redis. */
const IN_REDIS: Instead = {
  host: 'socket: { host }',
  hostname: 'socket: { host }',
  port: 'socket: { port }',
  path: 'socket: { path }',
  family: 'socket: { family }',
  tls: 'socket: { tls }',
  ca: 'socket: { ca }',
  cert: 'socket: { cert }',
  key: 'socket: { key }',
  servername: 'socket: { servername }',
  connectTimeout: 'socket: { connectTimeout }',
  db: 'database',
  user: 'username',
  pass: 'password',
  auth_pass: 'password',
  connectionName: 'name',
};

/** Options of ioredis, and of clusters and sentinels, that a connection of our own does not have. */
const OF_OTHER_CLIENTS: Instead = {
  sentinels: OWN_CLIENT,
  sentinelRootNodes: OWN_CLIENT,
  rootNodes: OWN_CLIENT,
  nodes: OWN_CLIENT,
  retryStrategy: OWN_CLIENT,
  reconnectOnError: OWN_CLIENT,
  maxRetriesPerRequest: OWN_CLIENT,
  lazyConnect: OWN_CLIENT,
  enableReadyCheck: OWN_CLIENT,
  enableOfflineQueue: OWN_CLIENT,
};

/** Neither is an option of node-redis. */
const FOREIGN: Instead = { ...IN_REDIS, ...OF_OTHER_CLIENTS };

const BESIDE_REDIS: Instead = {
  ...OF_OTHER_CLIENTS,
  ...Object.fromEntries(Object.entries(IN_REDIS).map(([name, right]) => [name, `redis: { ${right} }`])),
  socket: 'redis: { socket }',
  database: 'redis: { database }',
  username: 'redis: { username }',
  password: 'redis: { password }',
  RESP: 'redis: { RESP }',
  redisUrl: 'url',
  uri: 'url',
  connectionString: 'url',
  connection: 'client, url or redis',
  redisClient: 'client',
  redisInstance: 'client',
  cluster: 'client',
  redisOptions: 'redis',
  options: 'redis',
  prefix: 'keyPrefix',
  container: 'name',
  label: 'name',
  length: 'recentLimit',
};

/** What says in `socket` where Redis is. Beside it stand the options of Node's sockets, of which one is spelled like these. */
const IN_SOCKET = ['host', 'port', 'path', 'tls'];
const OF_NODE = ['cert'];

/** What stands for these, or in `redis` and not in its `socket`. */
const BESIDE_SOCKET: Instead = {
  hostname: 'socket: { host }',
  address: 'socket: { host }',
  database: 'database',
  db: 'database',
  username: 'username',
  user: 'username',
  password: 'password',
};

/**
 * Refuses unknown options.
 * @param known - the names besides those that say how to reach Redis
 * @throws OptionsError
 */
export function assertKnownOptions(options: object, known: Readonly<Record<string, true>>): void {
  assertKnown(options, { client: true, url: true, redis: true, ...known }, BESIDE_REDIS);
}

/**
 * Refuses options that node-redis would ignore, to go to a Redis on localhost. It may have others that are not known here.
 * @throws OptionsError
 */
export function assertRedisOptions(redis: object): void {
  for (const [name, value] of Object.entries(redis)) {
    if (value === undefined || NODE_REDIS_OPTIONS.includes(name)) continue;
    const right = Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : nearestName(name, NODE_REDIS_OPTIONS);
    if (right !== undefined) refuse(`redis.${name}`, right === OWN_CLIENT ? right : `redis: { ${right} }`);
  }
  assertSocketNames(Object((redis as { socket?: unknown }).socket));
}

function assertSocketNames(socket: object): void {
  for (const [name, value] of Object.entries(socket)) {
    if (value === undefined || IN_SOCKET.includes(name) || OF_NODE.includes(name)) continue;
    const near = nearestName(name, IN_SOCKET);
    const right = Object.hasOwn(BESIDE_SOCKET, name) ? BESIDE_SOCKET[name] : near && `socket: { ${near} }`;
    if (right !== undefined) refuse(`redis.socket.${name}`, `redis: { ${right} }`);
  }
}

function refuse(option: string, right: string): never {
  throw new OptionsError(option, `${right} (there is no option ${option})`, HIDDEN);
}
