import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, OptionsError } from '../errors';
import { helpOf, PROGRAM } from './arguments/help';
import { type Invocation, parseInvocation } from './arguments/invocation';
import { ls } from './commands/ls';
import { tail } from './commands/tail';
import { top } from './commands/top';
import { Failure, UsageError } from './errors';
import { openSource, type Source } from './redis/connect';
import { type Host, note, Screen } from './terminal/screen';

/**
 * The command line program.
 * @returns its exit code: 0, or 1 where it could not be done, or 2 where it was not understood
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
  if (invocation.command === 'help') return void host.stdout.write(helpOf(invocation.of));
  if (invocation.command === 'version') return void host.stdout.write(`${version()}\n`);
  const screen = new Screen(host, invocation.color);
  const source = await screen.during('connecting to Redis', openSource(invocation));
  try {
    await runCommand(invocation, source, screen, host);
  } catch (error) {
    if ([Failure, UsageError, OptionsError].some((known) => error instanceof known)) throw error;
    throw new Error(`cannot read from ${source.label}: ${errorMessage(error)}`, { cause: error });
  } finally {
    source.close();
  }
}

async function runCommand(
  invocation: Exclude<Invocation, { command: 'help' | 'version' }>,
  source: Source,
  screen: Screen,
  host: Host,
): Promise<void> {
  switch (invocation.command) {
    case 'top':
      return top(invocation, source, screen, host);
    case 'tail':
      return tail(invocation, source, screen, host.interrupted);
    case 'ls':
      return ls(invocation, source, screen);
    case 'serve':
      // Nothing but this needs a server and the page.
      return (require('./commands/serve') as typeof import('./commands/serve')).serve(invocation, source, screen, host);
  }
}

function version(): string {
  return JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version;
}
