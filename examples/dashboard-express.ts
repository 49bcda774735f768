/** The dashboard in an express app, at /logs, for signed-in users: `authorize` checks their session. */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { createDashboard } from 'winston-redis-recent-common/dashboard';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };
/** Stands for the sessions of a real application. */
const session = `session=${randomUUID()}`;

async function main(): Promise<void> {
  const logger = winston.createLogger({ transports: [new RedisRecentCommonTransport({ ...redis, name: 'shop' })] });
  const reader = new RecentCommonReader(redis);
  const dashboard = createDashboard({
    reader,
    authorize: (request) => request.headers.get('cookie')?.split('; ').includes(session) === true,
    title: 'Shop logs',
  });
  const app = express();
  app.use('/logs', dashboard.node);
  app.get('/sign-in', (_request, response) => {
    logger.info('signed in');
    response.setHeader('Set-Cookie', `${session}; HttpOnly; SameSite=Strict`);
    response.redirect('/logs');
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  logger.warn('started');
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sign-in`);
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    reader.close();
    logger.end();
  });
}

void main();
