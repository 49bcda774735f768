/** The program of a `FaultWriter`: logs steadily, and answers requests. */

import { EventEmitter, once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import winston from 'winston';
import {
  type PassedClient,
  RedisRecentCommonTransport,
  type RedisScripter,
  type TransportOptions,
  toSeverity,
} from '../../../src';
import type { ScriptArguments } from '../../../src/redis/script';
import type { Whereabouts } from '../redis/ioredis-clients';
import type { Counts } from '../redis/stored-log';
import type { Answer, FaultWriterOptions, Latency, LoggedThere, Request, WriterConnection } from './fault-writer';
import { makeNodeRedisClient } from './writer-client';

/** Interval at which it logs the lines that are due. */
const TICK_MS = 5;
/** What it logs at most in a turn, in milliseconds: on a busy machine it would fall ever further behind, and answer nothing. */
const MOST_MS = 50;
const NANOSECONDS = 1e6;

const options = JSON.parse(process.argv[2] as string) as FaultWriterOptions;
const { connection, keyPrefix = '', names = ['app'], levels = ['info'] } = options;
const { distinct = 20, linesPerSecond = 1000, clockOffsetMs = 0, withoutBatchNumbers = false } = options;
const { recentLimit = 100 } = options.options ?? {};

interface Destination {
  readonly name: string;
  readonly level: string;
  readonly counts: Counts;
  /** Oldest first. */
  readonly newest: string[];
}

const destinations: Destination[] = levels.flatMap((level) =>
  names.map((name) => ({ name, level, counts: {}, newest: [] })),
);
const warnings: string[] = [];
const latency = createHistogram();
let isLogging = true;

if (clockOffsetMs !== 0) {
  const now = Date.now;
  Date.now = () => now() + clockOffsetMs;
}

/** A client, connected or about to, and how it is closed. */
interface Passed {
  readonly client: PassedClient;
  readonly close: () => unknown;
}

function where(to: WriterConnection): Whereabouts {
  if ('cluster' in to) return to.cluster;
  if ('sentinel' in to) return to.sentinel;
  return 'url' in to ? to.url : to.clientUrl;
}

async function passClient(): Promise<Passed | undefined> {
  if (options.library) {
    // Loaded on demand: three libraries take as long as all the rest.
    const { makeIoClient } = require('../redis/ioredis-clients') as typeof import('../redis/ioredis-clients');
    const client = makeIoClient(options.library, where(connection), { maxRetriesPerRequest: null });
    return { client, close: () => client.disconnect() };
  }
  const isRenumbered = 'url' in connection && withoutBatchNumbers;
  const client = makeNodeRedisClient(isRenumbered ? { clientUrl: connection.url } : connection);
  if (!client) return undefined;
  await client.connect();
  return { client: withoutBatchNumbers ? renumbering(client) : client, close: () => client.destroy() };
}

/** Least number of keys of the write script, and the position of the batch number among its arguments. */
const WRITE_KEYS = 7;
const NUMBER_AT = 1;

/** A client that gives each try to write a batch a number of its own. */
function renumbering(client: RedisScripter): RedisScripter {
  let number = 0;
  const renumbered = ({ keys, arguments: args }: ScriptArguments): ScriptArguments =>
    keys.length >= WRITE_KEYS ? { keys, arguments: args.with(NUMBER_AT, String(++number)) } : { keys, arguments: args };
  return {
    evalSha: (sha1, script) => client.evalSha(sha1, renumbered(script)),
    eval: (source, script) => client.eval(source, renumbered(script)),
    on: (event, listener) => client.on(event, listener),
  };
}

function logOne(logger: winston.Logger, index: number): void {
  const destination = destinations[index % destinations.length] as Destination;
  const { name, level, counts, newest } = destination;
  const message = `message ${Math.floor(index / destinations.length) % distinct}`;
  counts[message] = (counts[message] ?? 0) + 1;
  newest.push(`${message} {"index":${index},"service":"${name}","writer":${process.pid}}`);
  if (newest.length > recentLimit) newest.shift();
  const began = process.hrtime.bigint();
  logger.log(level, message, { index, service: name, writer: process.pid });
  latency.record(process.hrtime.bigint() - began);
}

async function logSteadily(logger: winston.Logger): Promise<void> {
  const began = performance.now();
  for (let index = 0; isLogging; await sleep(TICK_MS)) {
    const due = Math.ceil(((performance.now() - began) * linesPerSecond) / 1000);
    const end = Math.min(due, index + Math.ceil((MOST_MS * linesPerSecond) / 1000));
    while (index < end) logOne(logger, index++);
  }
}

function latencySinceLast(): Latency {
  const milliseconds = (percentile: number): number => latency.percentile(percentile) / NANOSECONDS;
  const result = { p50: milliseconds(50), p99: milliseconds(99), max: milliseconds(100) };
  latency.reset();
  return result;
}

function loggedThere({ name, level, counts, newest }: Destination): LoggedThere {
  const inKeys = 'cluster' in connection ? `{${name}}` : name;
  return { name: inKeys, severity: toSeverity(level), counts, newest: [...newest].reverse() };
}

function countListeners(emitters: readonly (object | undefined)[]): number {
  const known = emitters.filter((emitter) => emitter instanceof EventEmitter);
  const counts = known.flatMap((emitter) => emitter.eventNames().map((event) => emitter.listenerCount(event)));
  return counts.reduce((all, count) => all + count, 0);
}

function answer(value: Answer): void {
  process.send?.(value);
}

async function main(): Promise<void> {
  const passed = await passClient();
  const reached: TransportOptions = passed
    ? { client: passed.client }
    : { url: 'url' in connection ? connection.url : undefined };
  const transport = new RedisRecentCommonTransport({
    ...reached,
    keyPrefix,
    closeTimeoutMs: 20_000,
    ...options.options,
    name: ({ service }) => service,
  });
  transport.on('warn', (warning: Error) => warnings.push(warning.message));
  const logger = winston.createLogger({ level: 'silly', transports: [transport] });
  process.on('message', (request: Request) => {
    if (request === 'end') isLogging = false;
    else if (request === 'stats') answer({ stats: transport.stats() });
    else {
      const listeners = countListeners([process, transport, passed?.client]);
      const rssBytes = process.memoryUsage.rss();
      answer({ progress: { stats: transport.stats(), warnings, latency: latencySinceLast(), rssBytes, listeners } });
    }
  });
  // If the test has died.
  process.once('disconnect', () => isLogging && process.exit(1));
  await logSteadily(logger);
  await once(logger.end(), 'finish');
  answer({ report: { stats: transport.stats(), logged: destinations.map(loggedThere), warnings } });
  passed?.close();
  process.disconnect();
}

void main();
