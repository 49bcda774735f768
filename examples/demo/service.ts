/** The web shop of the demo: an HTTP service that logs its requests. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Logger } from 'winston';

const NEWEST_ORDER = 950;
/** Orders up to this one are in an archive, and some of its shards cannot be reached. */
const NEWEST_ARCHIVED_ORDER = 200;
const ARCHIVE_SHARDS = 40;
/** The payment provider does not answer one payment in this many. */
const PAYMENTS_PER_TIMEOUT = 97;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** A running HTTP service. */
export interface Service {
  readonly port: number;
  /** Finishes the requests in progress and closes. */
  close(): Promise<void>;
}

/** Starts a small web shop on a free loopback port. Ids are metadata of its log calls, never part of the message. */
export async function startService(logger: Logger): Promise<Service> {
  const shop = new Shop(logger);
  const server = createServer((request, response) => void serve(shop, logger, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, close };
}

async function serve(shop: Shop, logger: Logger, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const began = performance.now();
  const { method, url = '/' } = request;
  const path = url.replace(/\d+/g, ':id');
  const route = shop.routes.has(`${method} ${path}`) ? `${method} ${path}` : '(no route)';
  const { status, body } = await answer(shop, logger, route, request);
  const ms = Math.round(performance.now() - began);
  logger.log(toLevel(status), `${method} ${url} ${status}`, { route: `${route} ${status}`, ms });
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answer(shop: Shop, logger: Logger, route: string, request: IncomingMessage): Promise<Reply> {
  try {
    return (await shop.routes.get(route)?.(request)) ?? { status: 404, body: { error: 'not found' } };
  } catch (error) {
    logger.error('request failed', { url: request.url, reason: String(error) });
    return { status: 500, body: { error: 'internal error' } };
  }
}

function toLevel(status: number): string {
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
}

class Shop {
  /** Handlers by method and path, with `:id` for ids in the path. */
  readonly routes = new Map<string, (request: IncomingMessage) => Reply | Promise<Reply>>([
    ['GET /health', () => ({ status: 200, body: { status: 'up' } })],
    ['GET /orders/:id', ({ url }) => this.#showOrder(Number(url?.split('/').at(-1)))],
    ['POST /checkout', async (request) => this.#checkOut((await json(request)) as Cart)],
  ]);
  readonly #logger: Logger;
  #payments = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  #showOrder(orderId: number): Reply {
    if (orderId > NEWEST_ORDER) {
      this.#logger.warn('order not found', { orderId });
      return { status: 404, body: { error: 'not found' } };
    }
    if (orderId <= NEWEST_ARCHIVED_ORDER) {
      this.#logger.debug('order read from the archive', { orderId });
      if (orderId % ARCHIVE_SHARDS === 0) throw new Error('archive shard not reachable');
    }
    return { status: 200, body: { orderId } };
  }

  #checkOut({ cartId, items }: Cart): Reply {
    if (items === 0) {
      this.#logger.warn('checkout of an empty cart', { cartId });
      return { status: 400, body: { error: 'empty cart' } };
    }
    if (++this.#payments % PAYMENTS_PER_TIMEOUT === 0) {
      this.#logger.error('payment provider timed out', { cartId });
      return { status: 503, body: { error: 'try again later' } };
    }
    this.#logger.info('order placed', { cartId, items });
    return { status: 201, body: { cartId } };
  }
}

interface Cart {
  readonly cartId: number;
  readonly items: number;
}
