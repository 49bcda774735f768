import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const TIMEOUT_MS = 300_000;
const ROOT = resolve(__dirname, '../..');
const PROGRAM = resolve(__dirname, '../measures/process.ts');

/** What the process of a measure tells. */
export type ChildMessage = { readonly kind: 'ready' } | { readonly kind: 'result'; readonly result: unknown };

/** A measure in a process of its own. */
export interface Child<Result> {
  /** It has got ready, and waits for `go`. */
  readonly ready: Promise<void>;
  go(): void;
  readonly result: Promise<Result>;
}

/** None stays behind, however the program ends. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a measure in a process of its own, whose standard output is the null device. */
export function startChild<Result>(measure: string, task: object, execArgv: readonly string[] = []): Child<Result> {
  const child = spawn(
    process.execPath,
    [...execArgv, '-r', 'esbuild-register', PROGRAM, measure, JSON.stringify(task)],
    {
      cwd: ROOT,
      // Without the paths of tsconfig.json the package's name stands for what was built, as it does for its users.
      env: { ...process.env, TS_NODE_PROJECT: 'tsconfig.build.json' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  let stderr = '';
  child.stderr?.on('data', (text) => (stderr = `${stderr}${String(text)}`.slice(-10_000)));
  running.add(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  let found: { readonly result: Result } | undefined;
  const result = once(child, 'close').then(([code, signal]) => {
    clearTimeout(timer);
    running.delete(child);
    if (!found) throw new Error(reasonOf(stderr) ?? `ended with ${signal ?? `code ${code}`}`);
    return found.result;
  });
  const isReady = new Promise<void>((settle) => {
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'ready') settle();
      else found = { result: message.result as Result };
    });
  });
  const ready = Promise.race([isReady, result.then(() => undefined)]);
  // Whoever waits for one of the two hears of a failure.
  for (const promise of [ready, result]) promise.catch(() => undefined);
  return { ready, result, go: () => child.send('go') };
}

/** Takes a measure in a process of its own. */
export function runChild<Result>(measure: string, task: object, execArgv: readonly string[] = []): Promise<Result> {
  return startChild<Result>(measure, task, execArgv).result;
}

/** What a crashed process says of it. */
function reasonOf(stderr: string): string | undefined {
  return /^.*(Error|ERROR)\b.*$/m.exec(stderr)?.[0].trim();
}
