/** Runs the command of `--exec`, with what it is given on its standard input and nothing of that in its command line. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { visible } from '../terminal/text';

/** How long a command may go on after it was asked to end. */
const GRACE_MS = 2000;

/** How a command is run. */
export interface CommandOptions {
  /** By the shell of the system, as it is. */
  readonly command: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly timeoutMs: number;
  /** Ends commands that are running. */
  readonly signal: AbortSignal;
  /** Gets what they print, with control characters as escapes. */
  readonly onOutput: (text: string) => void;
}

/**
 * Runs a command with an input.
 * @throws Error unless it ends with code 0 in time
 */
export async function runCommand(input: string, options: CommandOptions): Promise<void> {
  const { command, env, timeoutMs, signal, onOutput } = options;
  const child = spawn(command, { shell: true, env, detached: canSignalGroup, stdio: 'pipe', windowsHide: true });
  // A command need not read what it gets.
  child.stdin.on('error', () => undefined).end(input);
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) =>
      onOutput(
        text
          .split('\n')
          .map((line) => visible(line))
          .join('\n'),
      ),
    );
  }
  let reason: string | undefined;
  let kill: NodeJS.Timeout | undefined;
  const end = (because: string): void => {
    reason ??= because;
    endGroup(child, 'SIGTERM');
    kill ??= setTimeout(() => endGroup(child, 'SIGKILL'), GRACE_MS);
  };
  const timer = setTimeout(() => end(`took longer than ${timeoutMs / 1000} s`), timeoutMs);
  const onAbort = (): void => end('was ended with the program');
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    const ended = await waitFor(child);
    const failure = reason ?? ended;
    if (failure !== undefined) throw new Error(`the command ${failure}`);
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
    clearTimeout(kill);
  }
}

/** On Windows there are no groups of processes. */
const canSignalGroup = process.platform !== 'win32';

/** Signals the shell and all that it has started. */
function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(canSignalGroup ? -pid : pid, signal);
  } catch {
    // It has ended.
  }
}

/** Resolves with how it failed, or undefined for success. Something that it left running may keep its output open. */
function waitFor(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(`cannot be run: ${error.message}`));
    child.on('exit', (code, signal) => {
      for (const output of [child.stdout, child.stderr]) (output as Socket | null)?.unref();
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `was ended by ${signal}` : `ended with code ${code}`);
    });
  });
}
