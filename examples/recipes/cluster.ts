/** Several processes of one program, by node:cluster or PM2: each has a transport, and one name for all sums their counts. */

import cluster from 'node:cluster';
import { once } from 'node:events';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

const WORKERS = 3;

async function serve(): Promise<void> {
  const transport = new RedisRecentCommonTransport({
    keyPrefix: 'recipes:',
    name: 'cluster',
    closeTimeoutMs: 1000, // PM2 kills what has not ended 1.6 seconds after SIGINT, unless it has another kill_timeout
  });
  const logger = winston.createLogger({ defaultMeta: { pid: process.pid }, transports: [transport] });
  transport.once('logged', () => process.send?.('ready'));
  const work = setInterval(() => undefined, 1000); // stands for the server
  for (let i = 0; i < 100; i++) logger.info('request served');
  // PM2 stops and reloads by SIGINT.
  process.once('SIGINT', () => {
    clearInterval(work);
    logger.info('worker stopped');
    logger.end();
    logger.once('finish', () => process.exit());
  });
}

async function supervise(): Promise<void> {
  const workers = Array.from({ length: WORKERS }, () => cluster.fork());
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  for (const worker of workers) worker.process.kill('SIGINT');
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
}

await (cluster.isPrimary ? supervise() : serve());
