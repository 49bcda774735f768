/** One logger, three transports, each with its own level and format: console, file, and Redis for warnings up. */

import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const { combine, colorize, json, printf, simple } = winston.format;
const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pipeline-'));
  const filename = join(folder, 'app.log');
  const logger = winston.createLogger({
    level: 'debug',
    transports: [
      new winston.transports.Console({ level: 'info', format: combine(colorize(), simple()) }),
      new winston.transports.File({ filename, format: json() }),
      new RedisRecentCommonTransport({
        ...redis,
        name: 'importer',
        level: 'warn',
        format: printf(({ message, file }) => `[${String(file)}] ${String(message)}`),
      }),
    ],
  });
  logger.debug('file opened', { file: 'a.csv' });
  logger.info('file read', { file: 'a.csv' });
  logger.warn('row skipped', { file: 'a.csv' });
  logger.warn('row skipped', { file: 'b.csv' });
  logger.error('file unreadable', { file: 'c.csv' });
  logger.end();
  await once(logger, 'finish');

  const written = await readFile(filename, 'utf8');
  console.log(`the file has ${written.trim().split('\n').length} lines`);
  await rm(folder, { recursive: true });
  await printRedis();
}

async function printRedis(): Promise<void> {
  const reader = new RecentCommonReader(redis);
  for (const severity of ['warning', 'error']) {
    for (const { message } of await reader.recent('importer', severity)) console.log(`${severity}: ${message}`);
    const { messages } = await reader.common('importer', severity);
    for (const { message, count } of messages) console.log(`${severity}: ${count} x ${message}`);
  }
  reader.close();
}

void main();
