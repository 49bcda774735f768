/** `watch` with `--exec` or `--webhook`: shares the work with other processes, and tells each alarm until it is taken. */

import { pause } from '../../read/abort';
import { hashTexts } from '../../record/text-hash';
import { type Alarm, type AlarmDigest, withText } from '../../watch/alarm';
import { WATCHER_DEFAULTS } from '../../watch/options';
import { tryLease } from '../../watch/shared-watch';
import { RecentCommonWatcher } from '../../watch/watcher';
import { assertWebhook, postAlarm } from '../../watch/webhook';
import type { WatchArguments } from '../arguments/invocation';
import { type ExitCode, Failure, reasonText, UsageError } from '../errors';
import type { Host } from '../host';
import type { Store } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import { zoneText } from '../terminal/time';
import { printAlarm } from './alarm-printer';
import { runCommand } from './watch-command';

const COMMAND_TIMEOUT_MS = 30_000;
const POST_TIMEOUT_MS = 10_000;
/** Beyond the timeout of a command, which is given time to end. */
const MARGIN_MS = 5000;
/** A timer takes no more than 24 days. */
const DAY_MS = 86_400_000;

type Delivery = NonNullable<WatchArguments['delivery']>;

/**
 * Tells alarms until interrupted, or for the time that was asked for, and waits for those that are being told.
 * @throws UsageError or OptionsError for a URL or a group that cannot be used, Failure if Redis refuses it at the beginning
 */
export async function deliverAlarms(
  args: WatchArguments,
  delivery: Delivery,
  store: Store,
  screen: Screen,
  host: Host,
): Promise<ExitCode> {
  const { name, prefix: keyPrefix, isJson, on = WATCHER_DEFAULTS.on, severities, forMs = Infinity } = args;
  const { client, label } = store;
  const group = args.group ?? nameGroup(args);
  const stopped = new AbortController();
  const deliver = createDelivery(delivery, host, stopped.signal);
  const watcher = new RecentCommonWatcher({
    client,
    keyPrefix,
    on,
    severities,
    group,
    names: name === undefined ? undefined : [name],
    alarmTimeoutMs: COMMAND_TIMEOUT_MS + MARGIN_MS,
    onAlarm: async (alarm) => {
      await deliver(alarm);
      printAlarm(alarm, isJson, screen);
    },
  });
  watcher.on('warn', ({ reason }) => screen.note(reason));
  const signal = host.interrupted();
  await screen.during(`connecting to ${label}`, tryLease(client, keyPrefix, group)).catch((error: unknown) => {
    throw new Failure(`cannot watch ${label}: ${reasonText(error)}`);
  });
  watcher.start();
  const what = `${on.join(', ')} of ${name ?? 'all loggers'} in ${label}`;
  const zone = zoneText(new Date());
  screen.note(`telling ${what} by --${delivery.by}, as one of the group ${group}, with times in ${zone}. Ctrl-C ends`);
  // The watcher keeps no process alive.
  for (let left = forMs; left > 0 && !signal.aborted; left -= DAY_MS) await pause(Math.min(left, DAY_MS), signal);
  await watcher.close();
  stopped.abort();
  return 0;
}

/** Tells an alarm. Rejects if it was not taken. */
function createDelivery(
  { by, to }: Delivery,
  { env, stderr }: Host,
  signal: AbortSignal,
): (alarm: Alarm | AlarmDigest) => Promise<void> {
  if (by === 'exec') {
    const onOutput = (text: string): void => void stderr.write(text);
    const options = { command: to, env, timeoutMs: COMMAND_TIMEOUT_MS, signal, onOutput };
    return (alarm) => runCommand(`${JSON.stringify(withText(alarm))}\n`, options);
  }
  // From the environment, because all users of a machine can see the options of a program.
  const webhook = { url: to, secret: env.RECENT_COMMON_WEBHOOK_SECRET || undefined };
  try {
    assertWebhook(webhook);
  } catch {
    throw new UsageError('--webhook takes a URL that begins with http:// or https://');
  }
  return (alarm) => postAlarm(webhook, alarm, POST_TIMEOUT_MS);
}

/** The same for processes with the same settings, which share the work then; nothing of a URL can be read from it. */
function nameGroup({ name, on, severities, delivery }: WatchArguments): string {
  return `watch-${hashTexts(JSON.stringify([name, on, severities, delivery]))}`;
}
