/** Runs one command line: parses it, connects, runs the command, reports what went wrong. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, OptionsError } from '../errors';
import { helpText, PROGRAM } from './arguments/help';
import { type Invocation, parseInvocation } from './arguments/invocation';
import { ls } from './commands/ls';
import { tail } from './commands/tail';
import { top } from './commands/top';
import { Failure, reasonText, UsageError } from './errors';
import type { Host } from './host';
import { openStore, type Store } from './redis/connect';
import { note, Screen } from './terminal/screen';

/**
 * Runs the program.
 * @returns its exit code: 0, 1 if the command failed, 2 if the command line was not understood
 */
export async function main(host: Host): Promise<0 | 1 | 2> {
  try {
    await run(parseInvocation(host.args, host.env), host);
    return 0;
  } catch (error) {
    note(host.stderr, `${PROGRAM}: ${errorMessage(error)}`);
    if (!(error instanceof UsageError || error instanceof OptionsError)) return 1;
    note(host.stderr, `Try ${PROGRAM} --help`);
    return 2;
  }
}

async function run(invocation: Invocation, host: Host): Promise<void> {
  if (invocation.command === 'help') return void host.stdout.write(helpText(invocation.topic));
  if (invocation.command === 'version') return void host.stdout.write(`${version()}\n`);
  if (invocation.command === 'completion') {
    const { completionScript } = require('./arguments/completion') as typeof import('./arguments/completion');
    return void host.stdout.write(completionScript(invocation.shell));
  }
  const screen = new Screen(host, invocation.color);
  const store = await screen.during('connecting to Redis', openStore(invocation));
  try {
    await runCommand(invocation, store, screen, host);
  } catch (error) {
    if ([Failure, UsageError, OptionsError].some((known) => error instanceof known)) throw error;
    throw new Error(`cannot read from ${store.label}: ${reasonText(error)}`, { cause: error });
  } finally {
    store.close();
  }
}

async function runCommand(
  invocation: Exclude<Invocation, { command: 'help' | 'version' | 'completion' }>,
  store: Store,
  screen: Screen,
  host: Host,
): Promise<void> {
  switch (invocation.command) {
    case 'top':
      return top(invocation, store, screen, host);
    case 'tail':
      return tail(invocation, store, screen, host);
    case 'ls':
      return ls(invocation, store, screen);
    // Loaded on demand: the other commands start sooner without what writes, and without the HTTP server and the page.
    case 'forget':
      return (require('./commands/forget') as typeof import('./commands/forget')).forgetLogger(
        invocation,
        store,
        screen,
        host,
      );
    case 'serve':
      return (require('./commands/serve') as typeof import('./commands/serve')).serve(invocation, store, screen, host);
  }
}

function version(): string {
  return JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version;
}
