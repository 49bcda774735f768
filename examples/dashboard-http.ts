/** The dashboard on a server of node:http, at /logs, which listens on this machine only, so everyone may see it. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { createDashboard } from 'winston-redis-recent-common/dashboard';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

async function main(): Promise<void> {
  const logger = winston.createLogger({ transports: [new RedisRecentCommonTransport({ ...redis, name: 'shop' })] });
  const reader = new RecentCommonReader(redis);
  const dashboard = createDashboard({ reader, authorize: 'public', title: 'Shop logs' });
  const server = createServer((request, response) => {
    const [path] = (request.url as string).split('?');
    if (path === '/logs' || path === '/logs/') return dashboard.node(request, response);
    logger.info(`${request.method} ${path}`);
    response.end('Hello\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  logger.warn('started');
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`);
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    reader.close();
    logger.end();
  });
}

void main();
