/** The dashboard in a hono app, at /logs, behind hono's own basic authentication. */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { createDashboard } from 'winston-redis-recent-common/dashboard';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };
const password = randomUUID();

async function main(): Promise<void> {
  const logger = winston.createLogger({ transports: [new RedisRecentCommonTransport({ ...redis, name: 'shop' })] });
  const reader = new RecentCommonReader(redis);
  const dashboard = createDashboard({ reader, authorize: 'public', title: 'Shop logs' });
  // Not strict: /logs/ is the same as /logs.
  const app = new Hono({ strict: false });
  app.use('/logs', basicAuth({ username: 'operator', password }));
  app.all('/logs', (context) => dashboard.fetch(context.req.raw));
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  logger.warn('started');
  console.log(`http://operator:${password}@127.0.0.1:${(server.address() as AddressInfo).port}/logs`);
  process.once('SIGTERM', () => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
    reader.close();
    logger.end();
  });
}

void main();
