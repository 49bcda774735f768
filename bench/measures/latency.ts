/** Measures the time from a log call until Redis has acknowledged the line, or another process has read it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { type Gate, startChild } from '../lib/child';
import { logFor, machineMs } from '../lib/load';
import { quantile } from '../lib/statistics';

const PAUSE_MS = 100;
const WARM_UP = { burst: 1, seconds: 1, linesPerSecond: 1000 };

export interface LatencyTask {
  readonly url: string;
  readonly linesPerSecond: number;
  readonly seconds: number;
  /** Whether another process reads the lines; it competes for the processors and for the server. */
  readonly isRead: boolean;
}

/** Times in milliseconds. */
export interface Latency {
  readonly lines: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export async function measureLatency({ url, linesPerSecond, seconds, isRead }: LatencyTask): Promise<Latency> {
  const transport = new RedisRecentCommonTransport({ url });
  const logger = winston.createLogger({ transports: [transport] });
  const first = await logFor({ log: (n) => logger.info(`message ${n % 200}`), ...WARM_UP }, 0);
  await transport.flush();
  // A reading process takes longer than this to start. Pause without one too: then the first line comes after a pause.
  await sleep(PAUSE_MS);
  const began: number[] = [];
  const ended: number[] = [];
  transport.on('logged', () => ended.push(machineMs()));
  const log = (n: number): void => {
    began.push(machineMs());
    logger.info(`message ${n % 200}`);
  };
  const last = first + Math.round(linesPerSecond * seconds);
  const reader = isRead ? startChild<Poll[]>('poll', { url, first, last }) : undefined;
  await reader?.ready();
  reader?.go();
  await logFor({ log, burst: 1, seconds, linesPerSecond }, first);
  await transport.flush();
  const seen = reader ? timesSeen(await reader.result, first, last) : ended;
  const times = seen.map((time, i) => time - (began[i] as number));
  const at = (share: number): number => quantile(times, share);
  return { lines: times.length, p50: at(0.5), p99: at(0.99), max: Math.max(...times) };
}

/** The number of the newest line, and the time when it was read. */
type Poll = readonly [newest: number, time: number];

function timesSeen(polls: readonly Poll[], first: number, last: number): number[] {
  const times: number[] = [];
  for (const [newest, time] of polls) {
    while (first + times.length < Math.min(newest, last)) times.push(time);
  }
  return times;
}

/** Reads the newest line again and again, until its number is `last`. */
export async function pollReader(
  { url, first, last }: { url: string; first: number; last: number },
  gate: Gate,
): Promise<Poll[]> {
  const client = await createClient({ url }).connect();
  const reader = new RecentCommonReader({ client });
  const polls: Poll[] = [];
  let newest = first;
  await gate();
  while (newest < last) {
    const [line] = await reader.recent('app', 'info', { limit: 1 });
    if (line && line.seq > newest) {
      newest = line.seq;
      polls.push([newest, machineMs()]);
    }
  }
  return polls;
}
