/** Sends requests to the shop of the demo. */

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';

/** The amount of load. It ends when the first of the two limits is reached. */
export interface LoadOptions {
  readonly connections: number;
  readonly maxRequests: number;
  readonly maxMs: number;
}

/** The responses that the clients received. */
export interface LoadResult {
  readonly requests: number;
  readonly ms: number;
  /** Responses by status. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** Sends requests over kept-alive loopback connections. Each waits for its response before the next request. */
export async function runLoad(port: number, options: LoadOptions): Promise<LoadResult> {
  const { connections, maxRequests, maxMs } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses = new Map<number, number>();
  const began = performance.now();
  let requests = 0;
  const sendInTurn = async (): Promise<void> => {
    while (requests < maxRequests && performance.now() - began < maxMs) {
      const status = await send(agent, port, pickCall(++requests));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, sendInTurn));
  } finally {
    agent.destroy();
  }
  return { requests, ms: performance.now() - began, statuses };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** The mix: of 10 requests 2 are checkouts and 1 is a health check; 1 in 100 asks for a path that does not exist. */
function pickCall(n: number): Call {
  if (n % 100 === 50) return { method: 'GET', path: '/favicon.ico' };
  if (n % 10 === 9) return { method: 'GET', path: '/health' };
  if (n % 10 < 7) return { method: 'GET', path: `/orders/${1 + ((n * 7919) % 1000)}` };
  return { method: 'POST', path: '/checkout', body: JSON.stringify({ cartId: n, items: n % 13 }) };
}

async function send(agent: Agent, port: number, { method, path, body }: Call): Promise<number> {
  const sent = request({ agent, host: '127.0.0.1', port, method, path }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode as number;
}
