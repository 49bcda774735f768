/** Runs some watchers in one process, and tells which alarms they told, and when. */

import { type Alarm, type AlarmDigest, RecentCommonWatcher, type WatcherStats } from 'winston-redis-recent-common';
import type { Gate } from '../lib/child';
import { cpuClock, machineMs } from '../lib/load';

/** Alarms of a minute that are told singly: as many as can be asked for. */
const ALL_SINGLY = 1000;

export interface WatchersTask {
  readonly url: string;
  readonly watchers: number;
}

/** What came of the watchers of one process between its two gates. */
export interface Watched {
  /** The message of each alarm, and when `onAlarm` was called. */
  readonly told: readonly (readonly [message: string, ms: number])[];
  readonly cpuSeconds: number;
  readonly stats: readonly WatcherStats[];
}

/** The first gate opens once all watchers have begun, the second ends them. */
export async function runWatchers({ url, watchers: count }: WatchersTask, gate: Gate): Promise<Watched> {
  const told: [message: string, ms: number][] = [];
  const onAlarm = (alarm: Alarm | AlarmDigest): void => {
    const alarms = alarm.kind === 'digest' ? alarm.alarms : [alarm];
    for (const { message = '' } of alarms) told.push([message, machineMs()]);
  };
  const watchers = Array.from(
    { length: count },
    () => new RecentCommonWatcher({ url, digestAbove: ALL_SINGLY, onAlarm }),
  );
  for (const watcher of watchers) watcher.start();
  // A watcher keeps no process alive.
  const timer = setInterval(() => undefined, 1000);
  await gate();
  const cpu = cpuClock();
  await gate();
  const cpuSeconds = cpuClock() - cpu;
  const stats = watchers.map((watcher) => watcher.stats());
  await Promise.all(watchers.map((watcher) => watcher.close()));
  clearInterval(timer);
  return { told, cpuSeconds, stats };
}
