/** The dashboard in a fastify app, at /logs, behind a hook of the app that asks for the password. */

import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { createDashboard } from 'winston-redis-recent-common/dashboard';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };
const password = randomUUID();

async function main(): Promise<void> {
  const logger = winston.createLogger({ transports: [new RedisRecentCommonTransport({ ...redis, name: 'shop' })] });
  const reader = new RecentCommonReader(redis);
  const dashboard = createDashboard({ reader, authorize: 'public', title: 'Shop logs' });
  const app = fastify();
  await app.register(
    async (logs) => {
      logs.addHook('onRequest', async (request, reply) => {
        const credentials = `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;
        if (request.headers.authorization === credentials) return;
        await reply.code(401).header('WWW-Authenticate', 'Basic').send();
      });
      // With the prefix, '/' matches both /logs and /logs/.
      logs.all('/', (request, reply) => {
        reply.hijack();
        dashboard.node(request.raw, reply.raw);
      });
    },
    { prefix: '/logs' },
  );
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  logger.warn('started');
  console.log(`${address.replace('//', `//operator:${password}@`)}/logs`);
  process.once('SIGTERM', async () => {
    app.server.closeAllConnections();
    await app.close();
    reader.close();
    logger.end();
  });
}

void main();
