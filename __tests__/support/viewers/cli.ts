import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Sink } from '../../../src/cli/host';
import { main } from '../../../src/cli/main';
import { compiledRoot } from '../compiled';
import type { Ended } from '../program';
import { describeWith, findTerminal } from '../requirements';
import { until } from '../wait';
import type { Workspace } from '../workspace';

const ESC = '\u001b';
const PROGRAM = ['src/cli/bin.js'];

/** What stands for a stream that is written to. */
export class FakeSink implements Sink {
  text = '';
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  readonly #listeners = new Set<() => void>();

  constructor({ isTTY = false, columns = 100, rows = 30 } = {}) {
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.text += text;
  }

  on(_event: 'resize', listener: () => void): void {
    this.#listeners.add(listener);
  }

  off(_event: 'resize', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    for (const listener of this.#listeners) listener();
  }
}

/** The command line program within this process. */
export class RunningCli {
  readonly stdout: FakeSink;
  readonly stderr: FakeSink;
  readonly ended: Promise<Ended>;
  static readonly #running = new Set<RunningCli>();
  readonly #interrupt = new AbortController();

  constructor(
    args: readonly string[],
    { env = {}, stdout = new FakeSink(), stderr = new FakeSink() }: CliSetting = {},
  ) {
    this.stdout = stdout;
    this.stderr = stderr;
    const { signal } = this.#interrupt;
    RunningCli.#running.add(this);
    const onStop = (): { end(): void } => ({ end: () => undefined });
    this.ended = main({ args, env, stdout, stderr, interrupted: () => signal, onStop }).then((code) => {
      RunningCli.#running.delete(this);
      return { code, stdout: stdout.text, stderr: stderr.text };
    });
  }

  /** What a test that failed has left. */
  static async interruptAll(): Promise<void> {
    await Promise.all([...RunningCli.#running].map((cli) => cli.interrupt()));
  }

  /** Waits until a condition holds; fails at once where the program has ended without that. */
  async until(condition: () => boolean): Promise<void> {
    let ended: Ended | undefined;
    void this.ended.then((end) => (ended = end));
    await until(() => condition() || ended !== undefined);
    if (!condition()) throw new Error(`ended without that: ${JSON.stringify(ended)}`);
  }

  /** As Ctrl-C does, and waits for the end. */
  interrupt(): Promise<Ended> {
    this.#interrupt.abort();
    return this.ended;
  }
}

/** What is around the program. */
export interface CliSetting {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdout?: FakeSink;
  readonly stderr?: FakeSink;
}

/** Runs it within this process until it ends by itself. */
export function runCli(args: readonly string[], setting?: CliSetting): Promise<Ended> {
  return new RunningCli(args, setting).ended;
}

/** The command line program in a process of its own, or in a terminal of its own. */
export class CliProcess {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown>;
  static readonly #running = new Set<CliProcess>();

  private constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const { NO_COLOR: _, REDIS_URL: __, ...inherited } = process.env;
    this.child = spawn(command, args, { cwd: compiledRoot(), env: { ...inherited, ...env }, stdio: 'pipe' });
    this.child.stdout?.setEncoding('utf8').on('data', (chunk) => (this.stdout += chunk));
    this.child.stderr?.setEncoding('utf8').on('data', (chunk) => (this.stderr += chunk));
    this.child.stdin?.on('error', () => undefined);
    CliProcess.#running.add(this);
    this.#closed = once(this.child, 'close').finally(() => CliProcess.#running.delete(this));
  }

  static start(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliProcess {
    return new CliProcess(process.execPath, [...PROGRAM, ...args], env);
  }

  /**
   * @param prepare - commands of the shell that are run in the terminal before
   * @param after - and after it; by itself, the shell ends with the code of the program
   */
  static startInTerminal(
    args: readonly string[],
    {
      env = {},
      prepare = 'true',
      after = 'exit $?',
    }: { env?: Record<string, string>; prepare?: string; after?: string } = {},
  ): CliProcess {
    const program = [process.execPath, ...PROGRAM, ...args].map((arg) => `'${arg}'`).join(' ');
    // Ctrl-C goes to the shell as well. Shells differ in whether they survive it, unless they have a trap.
    const script = `trap : INT; ${prepare}; ${program}; ${after}`;
    const [command, ...options] = terminalFor(script);
    return new CliProcess(command, options, { TERM: 'xterm-256color', SHELL: '/bin/sh', ...env });
  }

  /** A command of the shell beside it. */
  static startShell(command: string): CliProcess {
    return new CliProcess('sh', ['-c', command], {});
  }

  /** What a test that failed has left. */
  static async killAll(): Promise<void> {
    const left = [...CliProcess.#running];
    for (const { child } of left) child.kill('SIGKILL');
    await Promise.all(left.map((cli) => cli.ended()));
  }

  /** What a user types. */
  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Waits until the output holds a text. */
  async shows(text: string | RegExp): Promise<void> {
    await until(() => (typeof text === 'string' ? this.stdout.includes(text) : text.test(this.stdout)), 60_000).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${JSON.stringify(this.stdout)}\n${this.stderr}`);
      },
    );
  }

  async ended(): Promise<Ended> {
    await this.#closed;
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }
}

/** `describe` for tests with a terminal. */
export const describeWithTerminal = describeWith('terminal');

/** The command line that runs a command of the shell in a terminal of its own. */
function terminalFor(command: string): [string, ...string[]] {
  if (findTerminal() === 'script') return ['script', '-qec', command, '/dev/null'];
  const program = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", sys.argv[1]])))';
  return ['python3', '-c', program, command];
}

/** A text without the colours and the like that the program paints with, and with all other sequences. */
export function uncolored(text: string): string {
  return text.replaceAll(new RegExp(`${ESC}\\[(\\d|[237]\\d)m`, 'g'), '');
}

/** What one logger name and severity logged, message by message. */
export interface KnownHours {
  readonly name: string;
  readonly severity: string;
  /** This hour. */
  readonly now?: Readonly<Record<string, number>>;
  /** The hour before. */
  readonly before?: Readonly<Record<string, number>>;
  /** Seconds since it was last seen. @default 0 */
  readonly seenAgo?: number;
}

/** Writes what was logged this hour and the hour before, by the clock of Redis. */
export async function writeHours(
  workspace: Pick<Workspace, 'redis' | 'key'>,
  { name, severity, now = {}, before = {}, seenAgo = 0 }: KnownHours,
): Promise<void> {
  const { redis } = workspace;
  const [seconds] = (await redis.sendCommand(['TIME'])) as unknown as [string];
  const isoHour = (ago: number): string =>
    `${new Date((Number(seconds) - ago * 3600) * 1000).toISOString().slice(0, 13)}:00:00`;
  const common = workspace.key(`common:${name}:${severity}`);
  const members = (counts: Readonly<Record<string, number>>): { value: string; score: number }[] =>
    Object.entries(counts).map(([value, score]) => ({ value, score }));
  if (members(now).length > 0) await redis.zAdd(common, members(now));
  if (members(before).length > 0) await redis.zAdd(`${common}:last`, members(before));
  await redis.set(`${common}:start`, isoHour(0));
  await redis.set(`${common}:pstart`, isoHour(1));
  await redis.zAdd(workspace.key('known'), { value: `${severity}:${name}`, score: Number(seconds) - seenAgo });
}

/** Writes lines, the oldest first, each with its time before it: in one step, as a transport does. */
export async function writeLines(
  workspace: Pick<Workspace, 'redis' | 'key'>,
  { name, severity }: Pick<KnownHours, 'name' | 'severity'>,
  lines: readonly string[],
): Promise<void> {
  const { redis } = workspace;
  await redis
    .multi()
    .lPush(workspace.key(`recent:${name}:${severity}`), [...lines])
    .incrBy(workspace.key(`recent:${name}:${severity}:seq`), lines.length)
    .zAdd(workspace.key('known'), { value: `${severity}:${name}`, score: Math.floor(Date.now() / 1000) })
    .exec();
}
