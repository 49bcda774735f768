/** Sends a server one command: tests send hundreds while servers come up, and a client of node-redis takes 10 ms to make. */

import { connect } from 'node:net';
import { ErrorReply, encodeCommand, type Reply, ReplyParser } from '../../../src/cli/redis/resp';

/** Longest silence of a server. */
const TIMEOUT_MS = 30_000;

/** Runs one command on a connection of its own, over RESP 2. */
export function ask(port: number, command: readonly string[]): Promise<Reply> {
  const socket = connect(port, '127.0.0.1');
  const parser = new ReplyParser();
  const reply = new Promise<Reply>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the server on port ${port} hung up`)));
    socket.setTimeout(TIMEOUT_MS, () => reject(new Error(`no answer on port ${port} within ${TIMEOUT_MS} ms`)));
    socket.on('data', (bytes) => {
      const [first] = parser.read(bytes);
      if (first instanceof ErrorReply) reject(first);
      else if (first !== undefined) resolve(first);
    });
  });
  socket.write(encodeCommand(command));
  return reply.finally(() => socket.destroy());
}
