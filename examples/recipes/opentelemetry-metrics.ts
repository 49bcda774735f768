/** OpenTelemetry metrics: what the transport and the watcher have done and could not do, observed when metrics are collected. */

import { metrics } from '@opentelemetry/api';
import { InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import winston from 'winston';
import { RecentCommonWatcher, RedisRecentCommonTransport } from 'winston-redis-recent-common';

// Usually the OpenTelemetry SDK of the application does this, with an exporter that sends.
const exporter = new InMemoryMetricExporter(1);
const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
metrics.setGlobalMeterProvider(provider);

const transport = new RedisRecentCommonTransport({ keyPrefix: 'recipes:', name: 'otel-metrics' });
const logger = winston.createLogger({ transports: [transport] });
const watcher = new RecentCommonWatcher({ keyPrefix: 'recipes:', onAlarm: (alarm) => console.error(alarm) });
watcher.start();

const meter = metrics.getMeter('winston-redis-recent-common');
const counter = (name: string, description: string) =>
  meter.createObservableCounter(`recent_common.${name}`, { description });
const logged = counter('logged', 'Log calls that reached the transport');
const written = counter('written', 'Log calls that Redis has');
const lost = counter('lost', 'Log calls that neither Redis nor the transport has any more');
const dropped = counter('dropped', 'Log calls whose logger name or severity cannot stand in a key');
const pending = meter.createObservableGauge('recent_common.pending', { description: 'Log calls that wait for Redis' });
const told = counter('watch.told', 'Alarms that this watcher told');
const failures = counter('watch.failures', 'Tries to tell an alarm that failed');
const givenUp = counter('watch.given_up', 'Alarms that were given up after the last try');
const leading = meter.createObservableGauge('recent_common.watch.leading', {
  description: '1 if this watcher is the one that looks, else 0',
});

// One callback for all, so that they are of one moment.
meter.addBatchObservableCallback(
  (result) => {
    const stats = transport.stats();
    result.observe(logged, stats.logged);
    result.observe(written, stats.written);
    result.observe(lost, stats.lost);
    result.observe(dropped, stats.dropped);
    result.observe(pending, stats.pending);
    const watched = watcher.stats();
    result.observe(told, watched.told);
    result.observe(failures, watched.failures);
    result.observe(givenUp, watched.givenUp);
    result.observe(leading, Number(watched.isLeading));
  },
  [logged, written, lost, dropped, pending, told, failures, givenUp, leading],
);

logger.info('order placed');
logger.info('order placed');
await transport.flush();
while (!watcher.stats().isLeading) await new Promise((resolve) => setTimeout(resolve, 50));
await provider.forceFlush();
for (const { metrics: found } of exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)) {
  for (const { descriptor, dataPoints } of found) console.log(descriptor.name, dataPoints[0]?.value);
}
await provider.shutdown();
logger.end();
await watcher.close();
