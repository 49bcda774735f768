/** A server of HTTP that notes what is posted to it. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that came. */
export interface Posted {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Listens on a free port of this machine. */
export class ReceivingServer {
  readonly posted: Posted[] = [];
  readonly port: number;
  readonly close: () => void;

  private constructor(port: number, close: () => void) {
    this.port = port;
    this.close = close;
  }

  /** @param reply - gets how many requests came so far, this one included */
  static async start(
    reply: (response: ServerResponse, count: number) => void = (response) => response.end('ok'),
  ): Promise<ReceivingServer> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        receiving.posted.push({ path: request.url, headers: request.headers, body });
        reply(response, receiving.posted.length);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const receiving = new ReceivingServer(port, () => server.close().closeAllConnections());
    return receiving;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
}
