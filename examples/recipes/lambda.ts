/** AWS Lambda: the handler flushes before it returns, since the process is frozen then, and may never wake again. */

import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

// Outside of the handler: invocations of one process share the connection.
const transport = new RedisRecentCommonTransport({
  keyPrefix: 'recipes:',
  name: 'lambda',
  closeTimeoutMs: 2000, // the most that a Redis that does not answer adds to an invocation
});
const logger = winston.createLogger({ transports: [transport] });

export async function handler(event: { readonly orders: readonly number[] }): Promise<number> {
  try {
    for (const order of event.orders) logger.info('order placed', { order });
    return event.orders.length;
  } finally {
    // What could not be written waits for the next invocation of this process. It is no reason to fail this one.
    await transport.flush().catch((error: Error) => console.warn(error.message));
  }
}
