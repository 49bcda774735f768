/** `forget`: removes all that is kept of a logger, after asking. */

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { forget, listSeverities } from '../../write/forget';
import type { ForgetArguments } from '../arguments/invocation';
import { Failure, reasonText, UsageError } from '../errors';
import type { Host } from '../host';
import type { Store } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import { visibleJson } from '../terminal/text';
import { bySeverity, type LoggerId, loggerTitle } from './selection';

/**
 * Removes a logger, and prints each severity of which something was removed.
 * @throws Failure if nothing was removed, UsageError if there is no terminal to ask on
 */
export async function forgetLogger(args: ForgetArguments, store: Store, screen: Screen, host: Host): Promise<void> {
  const { name, prefix: keyPrefix, isSure, isJson } = args;
  const canAsk = host.stdin.isTTY && host.stderr.isTTY;
  if (!isSure && !canAsk) throw new UsageError('forget has no terminal to ask on: give --yes');
  const named = args.severities ?? (await trying(store, listSeverities(store.client, name, { keyPrefix })));
  const loggers = named.map((severity): LoggerId => ({ name, severity })).sort(bySeverity);
  if (loggers.length === 0) throw new Failure(`nothing is known of '${name}'`);
  const titles = loggers.map(loggerTitle).join(', ');
  if (!isSure && !(await isConfirmed(host, `Remove all that is kept of ${titles} in ${store.label}? [y/N] `))) {
    throw new Failure('nothing was removed');
  }
  let removed = 0;
  for (const logger of loggers) {
    const found = await trying(store, forget(store.client, name, logger.severity, { keyPrefix }));
    removed += found.length;
    if (found.length > 0) screen.print([isJson ? visibleJson(logger) : `removed ${loggerTitle(logger)}`]);
  }
  if (removed === 0) throw new Failure(`nothing is kept of ${titles}`);
}

async function isConfirmed({ stdin, stderr }: Host, question: string): Promise<boolean> {
  stderr.write(question);
  const lines = createInterface({ input: stdin });
  // The end of the input is no answer.
  const [answer] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  lines.close();
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

async function trying<T>({ label }: Store, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Failure(`cannot remove anything from ${label}: ${reasonText(error)}`);
  }
}
