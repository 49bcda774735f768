/** Logs the requests of an express app: the line has the URL, and the route is counted, so ids do not split the count. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

function logRequests(logger: winston.Logger): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    response.once('finish', () => {
      const { method, originalUrl } = request;
      const { statusCode: status } = response;
      const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
      const route = `${method} ${request.route?.path ?? '(no route)'} ${status}`;
      const ms = Math.round(performance.now() - began);
      logger.log(level, `${method} ${originalUrl} ${status}`, { route, ms });
    });
    next();
  };
}

async function main(): Promise<void> {
  const transport = new RedisRecentCommonTransport({
    ...redis,
    name: 'web',
    commonKey: ({ message, route }) => String(route ?? message),
  });
  const logger = winston.createLogger({ transports: [transport] });
  const app = express();
  app.use(logRequests(logger));
  app.get('/orders/:id', (request, response) => {
    response.json({ id: request.params.id });
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const path of ['/orders/1', '/orders/2', '/orders/3', '/favicon.ico']) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    await response.text();
  }
  server.close();
  await once(server, 'close');
  logger.end();
  await once(logger, 'finish');
  await printRedis();
}

async function printRedis(): Promise<void> {
  const reader = new RecentCommonReader(redis);
  for (const severity of ['info', 'warning']) {
    for (const { message } of await reader.recent('web', severity)) console.log(`${severity}: ${message}`);
    const { messages } = await reader.common('web', severity);
    for (const { message, count } of messages) console.log(`${severity}: ${count} x ${message}`);
  }
  reader.close();
}

void main();
