/** Runs a measure in a process of its own, so that its heap and its compiled code do not depend on earlier measures. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const TIMEOUT_MS = 300_000;
const ROOT = resolve(__dirname, '../..');
const PROGRAM = resolve(__dirname, '../measures/process.ts');

/** The messages of the process to the one that started it. */
export type ChildMessage = { readonly kind: 'ready' } | { readonly kind: 'result'; readonly result: unknown };

/** Used within the process: reports that it is ready, and waits until the other one lets it go on. */
export type Gate = () => Promise<unknown>;

/** Killed when this process exits, however it does. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A measure that runs in a process of its own. */
export class Child<Result> {
  /** Rejects with the error that ended the process. */
  readonly result: Promise<Result>;
  readonly #process: ChildProcess;
  #isReady = false;

  constructor(child: ChildProcess) {
    this.#process = child;
    this.result = this.#run();
    // A caller may hear of a failure from `ready` alone.
    this.result.catch(() => undefined);
  }

  /** Resolves when the process waits at its gate, or has its result. Rejects if it has failed. */
  async ready(): Promise<void> {
    if (!this.#isReady) await Promise.race([once(this.#process, 'message'), this.result]);
  }

  /** Opens the gate. */
  go(): void {
    this.#isReady = false;
    if (this.#process.connected) this.#process.send('go');
  }

  async #run(): Promise<Result> {
    const child = this.#process;
    let stderr = '';
    child.stderr?.on('data', (text) => (stderr = `${stderr}${String(text)}`.slice(-10_000)));
    let found: { readonly result: Result } | undefined;
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'ready') this.#isReady = true;
      else found = { result: message.result as Result };
    });
    running.add(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    const [code, signal] = await once(child, 'close');
    clearTimeout(timer);
    running.delete(child);
    if (!found) throw new Error(findError(stderr) ?? `ended with ${signal ?? `code ${code}`}`);
    return found.result;
  }
}

/** Starts a measure. The standard output of its process is the null device. */
export function startChild<Result>(measure: string, task: object, execArgv: readonly string[] = []): Child<Result> {
  const args = [...execArgv, '-r', 'esbuild-register', PROGRAM, measure, JSON.stringify(task)];
  // Without the paths of tsconfig.json the name of the package means dist, as it does for its users.
  const env = { ...process.env, TS_NODE_PROJECT: 'tsconfig.build.json' };
  return new Child(spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
}

/** Runs a measure to its end. */
export function runChild<Result>(measure: string, task: object, execArgv: readonly string[] = []): Promise<Result> {
  return startChild<Result>(measure, task, execArgv).result;
}

/** The line on a crashed process's standard error that names the error. */
function findError(stderr: string): string | undefined {
  return /^.*(Error|ERROR)\b.*$/m.exec(stderr)?.[0].trim();
}
