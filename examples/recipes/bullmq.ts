/** A BullMQ worker whose transport shares the ioredis connection of its queue. */

import { once } from 'node:events';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

// BullMQ asks for `maxRetriesPerRequest: null`. It opens further connections for what blocks.
const connection = new Redis(process.env.REDIS_URL ?? 'redis://localhost:6379', { maxRetriesPerRequest: null });
const transport = new RedisRecentCommonTransport({ client: connection, keyPrefix: 'recipes:', name: 'mails' });
const logger = winston.createLogger({ transports: [transport] });

const queue = new Queue('mails', { connection, prefix: 'recipes:bull' });
const events = new QueueEvents('mails', { connection, prefix: 'recipes:bull' });
const worker = new Worker(
  'mails',
  async (job) => {
    logger.info('mail sent', { job: job.id });
    if (job.data.to === 'nobody') throw new Error('no such address');
  },
  { connection, prefix: 'recipes:bull', concurrency: 1 },
);
worker.on('failed', (job, error) => logger.error('mail failed', { job: job?.id, error }));
worker.on('error', (error) => logger.error('worker', { error }));

await events.waitUntilReady();
const jobs = await queue.addBulk(['ann', 'bob', 'nobody'].map((to) => ({ name: 'mail', data: { to } })));
await Promise.allSettled(jobs.map((job) => job.waitUntilFinished(events)));

// In this order: the worker may still log, then the transport writes, and the connection is the application's to close.
await worker.close();
logger.end();
await once(logger, 'finish');
await events.close();
await queue.obliterate({ force: true });
await queue.close();
console.log(`the connection is ${connection.status}`);
await connection.quit();
