/** The program of a `WatcherProgram`: one watcher, which tells its alarms to a sink over HTTP. */

import { type Alarm, type AlarmDigest, RecentCommonWatcher } from '../../../src';
import { reachRedis } from '../writers/writer-client';
import type { WatcherAnswer, WatcherProgramOptions, WatcherRequest } from './programs';

const { connection, sink, digestAbove } = JSON.parse(process.argv[2] as string) as WatcherProgramOptions;
const warnings: string[] = [];

async function onAlarm(alarm: Alarm | AlarmDigest): Promise<void> {
  const { ok, status } = await fetch(sink, { method: 'POST', body: JSON.stringify(alarm) });
  if (!ok) throw new Error(`the sink answers ${status}`);
}

async function main(): Promise<void> {
  const watcher = new RecentCommonWatcher({ ...(await reachRedis(connection)), digestAbove, onAlarm });
  watcher.on('warn', ({ message }) => warnings.push(message));
  watcher.start();
  process.on('message', (request: WatcherRequest) => {
    const answer: WatcherAnswer = { stats: watcher.stats(), warnings: warnings.splice(0) };
    if (request === 'stats') process.send?.(answer);
    else void watcher.close().then(() => process.send?.(answer, () => process.exit()));
  });
  process.send?.({ stats: watcher.stats(), warnings } satisfies WatcherAnswer);
}

void main();
