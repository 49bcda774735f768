/** Watchers of a test, with the alarms that they told, and loggers that are old enough to have news. */

import {
  type Alarm,
  type AlarmDigest,
  RecentCommonWatcher,
  type RedisRecentCommonTransport,
  type WatcherOptions,
  type WatchWarning,
} from '../../src';
import { atEndOfTest } from './at-end';
import type { Workspace } from './workspace';
import { ageSeen } from './writers/seen';

/** A watcher, and what came of it. */
export interface Watched {
  readonly watcher: RecentCommonWatcher;
  readonly alarms: (Alarm | AlarmDigest)[];
  readonly warnings: WatchWarning[];
}

/** Logs messages as errors, and waits until Redis has them. */
export async function logErrors(transport: RedisRecentCommonTransport, ...messages: string[]): Promise<void> {
  for (const message of messages) transport.log({ level: 'error', message });
  await transport.flush();
}

/** The message of each alarm; false for a digest or a silence. */
export function alarmMessages(alarms: readonly object[]): unknown[] {
  return alarms.map((alarm) => 'message' in alarm && alarm.message);
}

/** Functions for the tests of a file. Watchers are closed after each test. */
export function watchersForTests(workspace: () => Workspace) {
  const atEnd = atEndOfTest();
  let groups = 0;

  /** Starts a watcher; those of one test that are given no group of their own share one. */
  const watch = (options: Partial<WatcherOptions> = {}): Watched => {
    const alarms: (Alarm | AlarmDigest)[] = [];
    const warnings: WatchWarning[] = [];
    const { watcherUrl: url, prefix } = workspace();
    const connection = options.client || options.url || options.redis ? {} : { url };
    const watcher = new RecentCommonWatcher({
      ...connection,
      keyPrefix: prefix,
      group: `group-${groups}`,
      pollMs: 100,
      onAlarm: (alarm) => void alarms.push(alarm),
      ...options,
    });
    watcher.on('warn', (warning) => warnings.push(warning));
    watcher.start();
    atEnd(() => watcher.close());
    return { watcher, alarms, warnings };
  };
  beforeEach(() => {
    groups++;
  });

  /** A logger that is a week old, as far as the memory of it goes, with one known error. */
  const oldLogger = async (name: string, level = 'error'): Promise<RedisRecentCommonTransport> => {
    const transport = workspace().transport({ name });
    transport.log({ level, message: 'known' });
    await transport.flush();
    await ageSeen(workspace().redis, workspace().key(`common:${name}:${level}`), 48);
    return transport;
  };
  return { atEnd, watch, oldLogger };
}
