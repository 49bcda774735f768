#!/usr/bin/env node
/** Starts the command line program in this process: its signals, its pipes and its exit code. */

import { main } from './main';

/** A reader may stop reading early, as `head` does: end quietly and with success. */
function onWriteError({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') process.exit(0);
  process.exitCode = 1;
  process.stderr.write(`${message}\n`, () => process.exit());
}

function interrupted(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  return interrupt.signal;
}

function onStop(before: () => void, after: () => void): { end(): void } {
  const stop = (): void => {
    before();
    process.once('SIGCONT', after);
    process.kill(process.pid, 'SIGSTOP');
  };
  process.on('SIGTSTP', stop);
  return { end: () => void process.off('SIGTSTP', stop) };
}

process.stdout.on('error', onWriteError);
process.stderr.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
const { stdout, stderr, env } = process;
void main({ args: process.argv.slice(2), env, stdout, stderr, interrupted, onStop }).then((code) => {
  process.exitCode = code;
});
