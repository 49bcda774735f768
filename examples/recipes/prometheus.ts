/** prom-client: gauges of what the transport and the watcher have done and could not do, read when they are asked for. */

import { Gauge, register } from 'prom-client';
import winston from 'winston';
import {
  RecentCommonWatcher,
  RedisRecentCommonTransport,
  type TransportStats,
  type WatcherStats,
} from 'winston-redis-recent-common';

const transport = new RedisRecentCommonTransport({ keyPrefix: 'recipes:', name: 'prometheus' });
const logger = winston.createLogger({ transports: [transport] });
const watcher = new RecentCommonWatcher({ keyPrefix: 'recipes:', onAlarm: (alarm) => console.error(alarm) });
watcher.start();

/** Alert if `lost`, `dropped` or `other` rises, or if `pending` does not come down again. */
const TRANSPORT = {
  logged: 'Log calls that reached the transport',
  written: 'Log calls that Redis has',
  pending: 'Log calls that wait for Redis',
  lost: 'Log calls that neither Redis nor the transport has any more',
  dropped: 'Log calls whose logger name or severity cannot stand in a key',
  other: 'Log calls counted without their message, since too many messages waited',
} satisfies Partial<Record<keyof TransportStats, string>>;

/** Alert if the sum of `leading` over all processes is 0 for a minute, or if `given_up` rises. */
const WATCHER = {
  isLeading: ['leading', '1 if this watcher is the one that looks, else 0'],
  raised: ['raised', 'Alarms that this watcher decided'],
  told: ['told', 'Alarms that it told'],
  failures: ['failures', 'Tries to tell an alarm that failed'],
  givenUp: ['given_up', 'Alarms that were given up after the last try'],
} satisfies Partial<Record<keyof WatcherStats, [string, string]>>;

function gauge(name: string, help: string, read: () => number): void {
  new Gauge({
    name: `recent_common_${name}`,
    help,
    collect() {
      this.set(read());
    },
  });
}

for (const [counter, help] of Object.entries(TRANSPORT)) {
  gauge(counter, help, () => transport.stats()[counter as keyof typeof TRANSPORT]);
}
for (const [counter, [name, help]] of Object.entries(WATCHER)) {
  gauge(`watch_${name}`, help, () => Number(watcher.stats()[counter as keyof typeof WATCHER]));
}

logger.info('order placed');
logger.info('order placed');
await transport.flush();
while (!watcher.stats().isLeading) await new Promise((resolve) => setTimeout(resolve, 50));
console.log(await register.metrics());
logger.end();
await watcher.close();
