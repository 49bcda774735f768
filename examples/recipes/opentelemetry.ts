/** OpenTelemetry: each line has the ids of the span in which it was logged; the counts are by message all the same. */

import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

// Usually the OpenTelemetry SDK of the application does this.
context.setGlobalContextManager(new AsyncLocalStorageContextManager());
trace.setGlobalTracerProvider(new BasicTracerProvider());

const withSpan = winston.format((info) => {
  const span = trace.getActiveSpan()?.spanContext();
  if (span) Object.assign(info, { trace_id: span.traceId, span_id: span.spanId });
  return info;
});
const transport = new RedisRecentCommonTransport({ keyPrefix: 'recipes:', name: 'opentelemetry' });
const logger = winston.createLogger({ format: withSpan(), transports: [transport] });

const tracer = trace.getTracer('shop');
for (let i = 0; i < 2; i++) {
  await tracer.startActiveSpan('checkout', async (span) => {
    logger.info('order placed');
    console.log(span.spanContext().traceId);
    span.end();
  });
}
logger.info('idle');
await transport.close();
