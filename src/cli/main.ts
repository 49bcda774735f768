/** Runs one command line: parses it, connects, runs the command, reports what went wrong. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, OptionsError } from '../errors';
import { helpText, PROGRAM } from './arguments/help';
import { type Invocation, parseInvocation } from './arguments/invocation';
import { ls } from './commands/ls';
import { tail } from './commands/tail';
import { top } from './commands/top';
import { type ExitCode, Failure, NO_VERDICT, reasonText, UsageError } from './errors';
import type { Host } from './host';
import { openStore, type Store } from './redis/connect';
import { note, Screen } from './terminal/screen';

/** A command that needs Redis. */
type StoreInvocation = Exclude<Invocation, { command: 'help' | 'version' | 'completion' }>;

/**
 * Runs the program.
 * @returns its exit code: 0, 1 if the command failed, 2 if the command line was not understood, 3 if there is no verdict
 */
export async function main(host: Host): Promise<ExitCode> {
  let failure: ExitCode = 1;
  try {
    const invocation = parseInvocation(host.args, host.env);
    // Code 1 is a verdict then.
    if (invocation.command === 'watch' && invocation.failOn.length > 0) failure = NO_VERDICT;
    return await run(invocation, host);
  } catch (error) {
    note(host.stderr, `${PROGRAM}: ${errorMessage(error)}`);
    if (!(error instanceof UsageError || error instanceof OptionsError)) return failure;
    note(host.stderr, `Try ${PROGRAM} --help`);
    return 2;
  }
}

async function run(invocation: Invocation, host: Host): Promise<ExitCode> {
  switch (invocation.command) {
    case 'help':
      host.stdout.write(helpText(invocation.topic));
      return 0;
    case 'version':
      host.stdout.write(`${version()}\n`);
      return 0;
    case 'completion': {
      const { completionScript } = require('./arguments/completion') as typeof import('./arguments/completion');
      host.stdout.write(completionScript(invocation.shell));
      return 0;
    }
    default:
      return runOnStore(invocation, host);
  }
}

async function runOnStore(invocation: StoreInvocation, host: Host): Promise<ExitCode> {
  const screen = new Screen(host, invocation.color);
  const store = await screen.during('connecting to Redis', openStore(invocation));
  try {
    return (await runCommand(invocation, store, screen, host)) ?? 0;
  } catch (error) {
    if ([Failure, UsageError, OptionsError].some((known) => error instanceof known)) throw error;
    throw new Error(`cannot read from ${store.label}: ${reasonText(error)}`, { cause: error });
  } finally {
    store.close();
  }
}

async function runCommand(
  invocation: StoreInvocation,
  store: Store,
  screen: Screen,
  host: Host,
): Promise<ExitCode | void> {
  switch (invocation.command) {
    case 'top':
      return top(invocation, store, screen, host);
    case 'tail':
      return tail(invocation, store, screen, host);
    case 'ls':
      return ls(invocation, store, screen);
    // Loaded on demand: the other commands start sooner without what writes or watches, and without the HTTP server and the page.
    case 'forget':
      return (require('./commands/forget') as typeof import('./commands/forget')).forgetLogger(
        invocation,
        store,
        screen,
        host,
      );
    case 'watch':
      return (require('./commands/watch') as typeof import('./commands/watch')).watch(invocation, store, screen, host);
    case 'serve':
      return (require('./commands/serve') as typeof import('./commands/serve')).serve(invocation, store, screen, host);
  }
}

function version(): string {
  return JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version;
}
