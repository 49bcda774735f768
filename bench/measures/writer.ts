import { createCluster } from 'redis';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { logFor } from '../lib/load';
import type { Gate } from './process';

const BURST = 100;
/** Where there are more processes than the machine has room for, each takes its time. */
const CLOSE_TIMEOUT_MS = 120_000;

export interface WriterTask {
  /** One server, or the masters of a cluster. */
  readonly urls: readonly string[];
  readonly isCluster: boolean;
  /** Which logger name each of its transports has. A transport has a connection of its own, as another process has. */
  readonly names: readonly string[];
  readonly lingerMs: number;
  readonly distinct: number;
  readonly seconds: number;
  /** Of all its transports together; without it, as fast as it can. */
  readonly linesPerSecond?: number;
}

export interface Written {
  readonly lines: number;
  /** Until the last line was acknowledged. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Logs to a Redis that others write to as well. */
export async function runWriter(task: WriterTask, gate: Gate): Promise<Written> {
  const { urls, isCluster, names, lingerMs, distinct, seconds, linesPerSecond } = task;
  const [url] = urls;
  const client = isCluster
    ? await createCluster({ rootNodes: urls.map((root) => ({ url: root })) }).connect()
    : undefined;
  const transports = names.map((name) => {
    const redis = client ? { client } : { url };
    return new RedisRecentCommonTransport({ name, lingerMs, closeTimeoutMs: CLOSE_TIMEOUT_MS, ...redis });
  });
  const loggers = transports.map((transport) => winston.createLogger({ transports: [transport] }));
  const flush = (): Promise<unknown> => Promise.all(transports.map((transport) => transport.flush()));
  const log = (n: number): unknown =>
    loggers[n % loggers.length]?.info(`message ${Math.floor(n / loggers.length) % distinct}`);
  for (let n = 0; n < loggers.length; n++) log(n);
  await flush();
  await gate();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const lines = await logFor({ log, burst: BURST, seconds, linesPerSecond }, 0);
  await flush();
  const { user, system } = process.cpuUsage(cpu);
  return { lines, seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}
