/** One of many processes that write to the same Redis, standing for one or more writers. */

import { createCluster } from 'redis';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';
import type { Gate } from '../lib/child';
import { logFor } from '../lib/load';

const BURST = 100;
/** Long, since many processes share few processors. */
const CLOSE_TIMEOUT_MS = 120_000;

export interface WriterTask {
  /** The server, or the masters of the cluster. */
  readonly urls: readonly string[];
  readonly isCluster: boolean;
  /** Logger names, one for each of its transports. Each transport is a writer, with a connection of its own. */
  readonly names: readonly string[];
  readonly lingerMs: number;
  readonly distinct: number;
  readonly seconds: number;
  /** Of all its transports together. @default as fast as it can */
  readonly linesPerSecond?: number;
}

export interface Written {
  readonly lines: number;
  /** From the first log call until Redis has acknowledged the last line. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

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
