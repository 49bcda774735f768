#!/usr/bin/env node
/** Starts the command line program in this process: its signals, its pipes and its exit code. */

import type { Hold } from './host';
import { main } from './main';

/** A reader may stop reading early, as `head` does: end quietly, and with success unless the command says otherwise. */
function onWriteError({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') process.exit();
  process.exitCode ||= 1;
  process.stderr.write(`${message}\n`, () => process.exit());
}

function interrupted(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupt.abort());
  return interrupt.signal;
}

function hold(leave: () => void, resume: () => void): Hold {
  const stop = (): void => {
    leave();
    process.kill(process.pid, 'SIGSTOP');
  };
  // The monitor is called before the error is printed, which would be lost with the screen.
  const ends = ['exit', 'uncaughtExceptionMonitor'] as const;
  process.on('SIGTSTP', stop).on('SIGCONT', resume);
  for (const end of ends) process.on(end, leave);
  return {
    stop: () => void process.kill(0, 'SIGTSTP'),
    end: () => {
      process.off('SIGTSTP', stop).off('SIGCONT', resume);
      for (const end of ends) process.off(end, leave);
    },
  };
}

process.stdout.on('error', onWriteError);
process.stderr.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? undefined : process.exitCode || 1),
);
const { stdout, stderr, env } = process;
const host = {
  args: process.argv.slice(2),
  env,
  // Opened when it is first used: most commands read no keys.
  get stdin() {
    return process.stdin;
  },
  stdout,
  stderr,
  endsEarlyWith: (code: number) => {
    process.exitCode = code;
  },
  interrupted,
  hold,
};
void main(host).then((code) => {
  process.exitCode = code;
});
