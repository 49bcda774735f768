/** `serve`: the dashboard on a port, for this machine or behind a password. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { createDashboard } from '../../dashboard/index';
import { errorMessage } from '../../errors';
import type { ServeArguments } from '../arguments/invocation';
import { Failure, UsageError } from '../errors';
import type { Host } from '../host';
import { openStore, type Store } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import { visibleJson } from '../terminal/text';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;
/** What browsers and robots ask for by themselves. */
const NO_PAGE = /\/(favicon\.ico|robots\.txt)$/;
const HEALTH = /\/healthz\/*$/;
const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
const SIGN_IN = { ...PLAIN, 'WWW-Authenticate': 'Basic realm="logs", charset="UTF-8"' };

/** Checks an `Authorization` header; undefined if nobody has to sign in. */
type Gate = ((authorization: string | undefined) => boolean) | undefined;

/**
 * Serves the web page until interrupted.
 * @throws UsageError if other machines could read the logs without a password
 */
export async function serve(invocation: ServeArguments, store: Store, screen: Screen, host: Host): Promise<void> {
  const { address: given, port, isInsecure, isJson, watchers } = invocation;
  const gate = createGate(host.env);
  const address = given.replace(/^\[(.*)\]$/, '$1');
  const isLoopback = LOOPBACK.test(address);
  if (address === '' || /[@/]/.test(address)) throw new UsageError('--host takes an address');
  if (!gate && !isLoopback && !isInsecure) {
    throw new UsageError(
      `without RECENT_COMMON_USER and RECENT_COMMON_PASSWORD only this machine is served, not ${address} (see --insecure)`,
    );
  }
  const { readers, label, close } = await openAll(invocation, store);
  const { node } = createDashboard({ ...readers, authorize: 'public', watchers });
  const server = createServer(guard(gate, isLoopback, node));
  const url = await listen(server, address, port);
  if (!gate && !isLoopback) screen.note(`warning: anyone who can reach ${url} can read the logs`);
  screen.print([isJson ? visibleJson({ url, redis: label }) : `${url} shows ${label}. Ctrl-C ends`]);
  await aborted(host.interrupted());
  server.close();
  server.closeAllConnections();
  close();
}

/** Opens every environment but the first, which is the store that is open. */
async function openAll({ environments, ...globals }: ServeArguments, store: Store) {
  if (environments.length === 0)
    return { readers: { reader: store.reader }, label: store.label, close: () => undefined };
  const others = await Promise.all(environments.slice(1).map(({ url }) => openStore({ ...globals, url })));
  const named = [store, ...others].map((each, i) => [environments[i]?.name as string, each] as const);
  return {
    readers: { environments: Object.fromEntries(named.map(([name, { reader }]) => [name, reader])) },
    label: named.map(([name, each]) => `${name} (${each.label})`).join(', '),
    close: () => others.forEach((each) => each.close()),
  };
}

/**
 * Serves the page at any path, since a proxy may keep or strip its own, to those who may see it. `/healthz`, for whoever asks whether
 * this server runs, tells nothing else.
 */
function guard(gate: Gate, isLoopback: boolean, page: RequestListener): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    if (HEALTH.test(path) && ['GET', 'HEAD'].includes(String(request.method)))
      return void response.writeHead(200, PLAIN).end('ok\n');
    if (gate && !gate(request.headers.authorization)) return refuse(response, 401, 'Sign in', SIGN_IN);
    // DNS rebinding: another site can point its name at this machine and read the page through a browser on it.
    if (!gate && isLoopback && !isForLoopback(request)) return refuse(response, 403, 'Not under this name');
    if (NO_PAGE.test(path)) return refuse(response, 404, 'Not found');
    page(request, response);
  };
}

function isForLoopback({ headers }: IncomingMessage): boolean {
  return LOOPBACK.test((headers.host ?? '').replace(/:\d+$/, ''));
}

function refuse(response: ServerResponse, status: number, reason: string, headers: object = PLAIN): void {
  response.writeHead(status, { ...headers }).end(`${reason}\n`);
}

/** @returns the URL of the page */
async function listen(server: Server, address: string, port: number): Promise<string> {
  try {
    await once(server.listen(port, address), 'listening');
  } catch (error) {
    throw new Failure(`cannot listen on ${address}:${port}: ${errorMessage(error)}`);
  }
  const bound = server.address() as AddressInfo;
  return `http://${isIPv6(address) ? `[${address}]` : address}:${bound.port}/`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/**
 * Checks for RECENT_COMMON_USER and RECENT_COMMON_PASSWORD. They come from the environment because all users of a machine can
 * see the options of a program.
 * @throws UsageError if one is set without the other
 */
function createGate(env: Readonly<NodeJS.ProcessEnv>): Gate {
  const { RECENT_COMMON_USER: user = '', RECENT_COMMON_PASSWORD: password = '' } = env;
  if (user === '' && password === '') return undefined;
  if (user === '' || password === '' || user.includes(':')) {
    throw new UsageError('RECENT_COMMON_USER, without a colon, and RECENT_COMMON_PASSWORD must be set together');
  }
  const expected = digest(`${user}:${password}`);
  return (authorization = '') => {
    const [, credentials = ''] = /^Basic +([\w+/=-]+)$/i.exec(authorization) ?? [];
    return timingSafeEqual(digest(Buffer.from(credentials, 'base64').toString()), expected);
  };
}

/** The same length for every text: `timingSafeEqual` compares only equal lengths. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
