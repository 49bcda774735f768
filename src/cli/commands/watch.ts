/** `watch`: tells of news as they come: on the screen, to a command or to a webhook; and judges a time. */

import type { WatchArguments } from '../arguments/invocation';
import type { ExitCode } from '../errors';
import type { Host } from '../host';
import type { Store } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import { deliverAlarms } from './watch-delivery';
import { watchAndJudge } from './watch-verdict';

/**
 * Watches until interrupted, or for the time that was asked for.
 * @throws the error of the client if Redis cannot be asked at the beginning
 */
export async function watch(args: WatchArguments, store: Store, screen: Screen, host: Host): Promise<ExitCode> {
  const { delivery } = args;
  return delivery ? deliverAlarms(args, delivery, store, screen, host) : watchAndJudge(args, store, screen, host);
}
