/** pino: a stream beside its others hands each line to the transport; winston itself is not needed. */

import pino from 'pino';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

const transport = new RedisRecentCommonTransport({ keyPrefix: 'recipes:', name: ({ service }) => service as string });

/** pino's lines are JSON. Its levels have the severities of winston's: `fatal` is critical, `trace` is debug. */
const bridge = {
  write(line: string): void {
    const { level, msg, time: _time, pid: _pid, hostname: _hostname, ...meta } = JSON.parse(line);
    transport.log({ level: pino.levels.labels[level] ?? 'info', message: msg ?? '', ...meta });
  },
};

const logger = pino(
  { level: 'trace', base: { service: 'pino' } },
  pino.multistream([
    { level: 'trace', stream: process.stdout },
    { level: 'trace', stream: bridge },
  ]),
);
logger.info({ order: 17 }, 'order placed');
logger.info({ order: 18 }, 'order placed');
logger.fatal(new Error('out of stock'));
logger.child({ service: 'pino-child' }).trace('cache is cold');
await transport.close();
