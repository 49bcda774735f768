/** prom-client: gauges of what the transport has done and could not do, read from `stats()` when they are asked for. */

import { Gauge, register } from 'prom-client';
import winston from 'winston';
import { RedisRecentCommonTransport, type TransportStats } from 'winston-redis-recent-common';

const transport = new RedisRecentCommonTransport({ keyPrefix: 'recipes:', name: 'prometheus' });
const logger = winston.createLogger({ transports: [transport] });

/** Alert if `lost`, `dropped` or `other` rises, or if `pending` does not come down again. */
const MEANINGS = {
  logged: 'Log calls that reached the transport',
  written: 'Log calls that Redis has',
  pending: 'Log calls that wait for Redis',
  lost: 'Log calls that neither Redis nor the transport has any more',
  dropped: 'Log calls whose logger name or severity cannot stand in a key',
  other: 'Log calls counted without their message, since too many messages waited',
} satisfies Partial<Record<keyof TransportStats, string>>;

for (const [counter, help] of Object.entries(MEANINGS)) {
  new Gauge({
    name: `recent_common_${counter}`,
    help,
    collect() {
      this.set(transport.stats()[counter as keyof typeof MEANINGS]);
    },
  });
}

logger.info('order placed');
logger.info('order placed');
await transport.flush();
console.log(await register.metrics());
logger.end();
