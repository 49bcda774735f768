import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { createDashboard } from '../../dashboard/index';
import { errorMessage } from '../../errors';
import type { ServeArguments } from '../arguments/invocation';
import { Failure, UsageError } from '../errors';
import type { Source } from '../redis/connect';
import type { Host, Screen } from '../terminal/screen';
import { visibleJson } from '../terminal/text';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;
const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
const SIGN_IN = { ...PLAIN, 'WWW-Authenticate': 'Basic realm="logs", charset="UTF-8"' };

/** Who may come in; undefined where nobody has to say who they are. */
type Gate = ((authorization: string | undefined) => boolean) | undefined;

/**
 * Serves the web page until it is interrupted.
 * @throws UsageError where others than those of this machine could read the logs without a password
 */
export async function serve(
  { host: given, port, isInsecure, isJson }: ServeArguments,
  { reader, label }: Source,
  screen: Screen,
  around: Host,
): Promise<void> {
  const gate = gateOf(around.env);
  const host = given.replace(/^\[(.*)\]$/, '$1');
  const isLoopback = LOOPBACK.test(host);
  if (host === '') throw new UsageError('--host takes an address');
  if (!gate && !isLoopback && !isInsecure) {
    throw new UsageError(
      `without RECENT_COMMON_USER and RECENT_COMMON_PASSWORD only this machine is served, not ${host} (see --insecure)`,
    );
  }
  const { node } = createDashboard({ reader, authorize: 'public' });
  const server = createServer(guarded(gate, isLoopback, node));
  const url = await listen(server, host, port);
  if (!gate && !isLoopback) screen.note(`warning: whoever reaches ${url} can read the logs`);
  screen.print([isJson ? visibleJson({ url, redis: label }) : `${url} shows ${label}. Ctrl-C ends`]);
  await ended(around.interrupted());
  server.close();
  server.closeAllConnections();
}

/** The page is at the root alone, and for those who may come in. */
function guarded(gate: Gate, isLoopback: boolean, page: RequestListener): RequestListener {
  return (request, response) => {
    if (gate && !gate(request.headers.authorization)) return refuse(response, 401, 'Sign in', SIGN_IN);
    // A site whose name is made to mean this machine must not be able to read the page through the browser of one who sits here.
    if (!gate && isLoopback && !isForLoopback(request)) return refuse(response, 403, 'Not under this name');
    if (request.url?.split('?', 1)[0] !== '/') return refuse(response, 404, 'Not found');
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
async function listen(server: Server, host: string, port: number): Promise<string> {
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw new Failure(`cannot listen on ${host}:${port}: ${errorMessage(error)}`);
  }
  const address = server.address() as AddressInfo;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${address.port}/`;
}

async function ended(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/**
 * Asks for the user and password of RECENT_COMMON_USER and RECENT_COMMON_PASSWORD. From the environment, since all users of
 * a machine can read the options of a program.
 * @throws UsageError where there is one without the other
 */
function gateOf(env: Readonly<NodeJS.ProcessEnv>): Gate {
  const { RECENT_COMMON_USER: user = '', RECENT_COMMON_PASSWORD: password = '' } = env;
  if (user === '' && password === '') return undefined;
  if (user === '' || password === '' || user.includes(':')) {
    throw new UsageError('RECENT_COMMON_USER, without a colon, and RECENT_COMMON_PASSWORD belong together');
  }
  const expected = digestOf(`${user}:${password}`);
  return (authorization = '') => {
    const [, credentials = ''] = /^Basic +([\w+/=-]+)$/i.exec(authorization) ?? [];
    return timingSafeEqual(digestOf(Buffer.from(credentials, 'base64').toString()), expected);
  };
}

/** Of one length, whatever the text: only what has that can be compared in constant time. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
