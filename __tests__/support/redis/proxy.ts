/** A TCP proxy that delays, holds, falsifies and cuts connections to a server. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './servers';

/** One direction of one connection: its chunks on their way, in order. Empty bytes stand for the end. */
class Flow {
  held = false;
  #chunks: { bytes: Buffer; due: number }[] = [];
  #freeAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly to: Socket,
    private readonly pace: { readonly delayMs: number; readonly bytesPerSecond: number },
  ) {}

  get heldBytes(): number {
    return this.held ? this.#chunks.reduce((sum, { bytes }) => sum + bytes.length, 0) : 0;
  }

  push(bytes: Buffer): void {
    this.#chunks.push({ bytes, due: performance.now() + this.pace.delayMs });
    this.forward();
  }

  drop(): void {
    this.#chunks = [];
    clearTimeout(this.#timer);
  }

  /** Sends the chunks that are due, and comes back for the rest. */
  forward(): void {
    clearTimeout(this.#timer);
    for (let chunk = this.#chunks[0]; chunk && !this.held; chunk = this.#chunks[0]) {
      const waitMs = Math.max(chunk.due, this.#freeAt) - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.forward(), waitMs);
        return;
      }
      const { bytesPerSecond } = this.pace;
      // Twenty pieces a second: a large chunk arrives little by little.
      const piece = bytesPerSecond ? chunk.bytes.subarray(0, Math.ceil(bytesPerSecond / 20)) : chunk.bytes;
      chunk.bytes = chunk.bytes.subarray(piece.length);
      if (chunk.bytes.length === 0) this.#chunks.shift();
      if (bytesPerSecond) this.#freeAt = performance.now() + (1000 * piece.length) / bytesPerSecond;
      if (piece.length) this.to.write(piece);
      else this.to.end();
    }
  }
}

const END = Buffer.alloc(0);

/** A connection of a client, with the one to the server that belongs to it. */
class Link {
  readonly requests: Flow;
  readonly replies: Flow;
  open = true;
  /** Takes the place of each chunk of replies. */
  falseReply: Buffer | undefined;

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    pace: Flow['pace'],
  ) {
    this.requests = new Flow(upstream, pace);
    this.replies = new Flow(client, pace);
    client.on('data', (bytes) => this.open && this.requests.push(bytes));
    client.on('end', () => this.open && this.requests.push(END));
    client.on('close', () => this.#left());
    upstream.on('data', (bytes) => this.open && this.replies.push(this.falseReply ?? bytes));
    upstream.on('end', () => this.open && this.replies.push(END));
    upstream.on('close', () => this.requests.drop());
    // If one side is lost, the other is cut too; 'close' follows, and does the rest.
    client.on('error', () => undefined);
    upstream.on('error', () => reset(client));
  }

  cut(how: 'rst' | 'fin'): void {
    if (!this.open) return;
    const keep = this.requests.heldBytes > 0;
    this.#left();
    if (how === 'rst') reset(this.client);
    else this.client.end();
    if (!keep) this.upstream.destroy();
  }

  destroy(): void {
    this.client.destroy();
    this.upstream.destroy();
  }

  /** Nothing can reach the client any more, but its requests may still reach the server. */
  #left(): void {
    if (!this.open) return;
    this.open = false;
    this.replies.drop();
    this.requests.push(END);
  }
}

/** Node keeps a socket that is reset while its end is on its way, and the process never ends. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * A TCP proxy before a server on the loopback interface. It accepts all bytes at once, so neither side feels how slowly the
 * other reads.
 */
export class FaultProxy {
  readonly port: number;
  accepted = 0;
  readonly #links = new Set<Link>();
  readonly #pace = { delayMs: 0, bytesPerSecond: 0 };

  private constructor(
    private readonly server: Server,
    private targetPort: number,
  ) {
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => {
      const upstream = connect({ host: '127.0.0.1', port: this.targetPort, allowHalfOpen: true, noDelay: true });
      const link = new Link(client, upstream, this.#pace);
      this.accepted++;
      this.#links.add(link);
      for (const socket of [client, upstream]) {
        socket.on('close', () => client.closed && upstream.closed && this.#links.delete(link));
      }
    });
  }

  /** A proxy on a free port before the server on a port. */
  static async start(targetPort: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, targetPort);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Connected clients. */
  get connections(): number {
    return [...this.#links].filter((link) => link.open).length;
  }

  /** Bytes that are held in either direction, also for clients that were cut. */
  get heldBytes(): number {
    return [...this.#links].reduce((sum, { requests, replies }) => sum + requests.heldBytes + replies.heldBytes, 0);
  }

  /** From now on, new connections go to the server on another port, as those to a name that was given to another server. */
  redirect(targetPort: number): void {
    this.targetPort = targetPort;
  }

  /** Holds the replies on the connections that are open now, not on later ones. */
  holdReplies(): void {
    for (const link of this.#links) link.replies.held = true;
  }

  /** Replaces the replies on the connections that are open now, not on later ones. */
  falsifyReplies(reply: string): void {
    for (const link of this.#links) link.falseReply = Buffer.from(reply);
  }

  /**
   * Holds the requests on the connections that are open now, not on later ones: a retry can overtake the original. Held
   * requests outlive their client, and reach the server with `release`.
   */
  holdRequests(): void {
    for (const link of this.#links) link.requests.held = true;
  }

  /** Forwards all held bytes, and holds no more. */
  release(): void {
    for (const { requests, replies } of this.#links) {
      for (const flow of [requests, replies]) {
        flow.held = false;
        flow.forward();
      }
    }
  }

  /**
   * Ends the connections of all clients and drops the bytes on their way to them. Their connections to the server end too,
   * except those with held requests.
   */
  cut(how: 'rst' | 'fin'): void {
    for (const link of this.#links) link.cut(how);
  }

  /** Refuses new connections. Open ones stay. */
  refuse(): void {
    this.server.close();
  }

  /** Accepts connections again, on the same port. */
  async accept(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Delays each chunk in both directions from now on. 0 ends it. */
  delay(ms: number): void {
    this.#pace.delayMs = ms;
  }

  /** Limits each direction of each connection to `bytesPerSecond` from now on. 0 ends it. */
  throttle(bytesPerSecond: number): void {
    this.#pace.bytesPerSecond = bytesPerSecond;
  }

  /** Ends all connections, and the proxy. */
  async stop(): Promise<void> {
    for (const link of this.#links) link.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
