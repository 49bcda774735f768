/** Runs the command line program in a process of its own, also in a terminal. */

import { type ChildProcess, spawn } from 'node:child_process';
import { compiledRoot } from '../compiled';
import type { Ended } from '../program';
import { describeWith, findTerminal } from '../requirements';
import { until } from '../wait';

const PROGRAM = ['src/cli/bin.js'];

/** A program that takes longer hangs, and its output says where. */
const TIMEOUT_MS = 60_000;

/** The command line program in a process of its own, or in a terminal of its own. */
export class CliProcess {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  #isClosed = false;
  static readonly #running = new Set<CliProcess>();

  private constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const { NO_COLOR: _, REDIS_URL: __, ...inherited } = process.env;
    this.child = spawn(command, args, { cwd: compiledRoot(), env: { ...inherited, ...env }, stdio: 'pipe' });
    this.child.stdout?.setEncoding('utf8').on('data', (chunk) => (this.stdout += chunk));
    this.child.stderr?.setEncoding('utf8').on('data', (chunk) => (this.stderr += chunk));
    this.child.stdin?.on('error', () => undefined);
    CliProcess.#running.add(this);
    this.child.once('close', () => {
      this.#isClosed = true;
      CliProcess.#running.delete(this);
    });
  }

  static start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    program: readonly string[] = PROGRAM,
  ): CliProcess {
    return new CliProcess(process.execPath, [...program, ...args], env);
  }

  /**
   * @param program - another program of the compiled repository
   * @param prepare - shell commands to run in the terminal before the program
   * @param after - shell commands to run after it; by default the shell ends with the code of the program
   */
  static startInTerminal(
    args: readonly string[],
    {
      program = PROGRAM,
      env = {},
      prepare = 'true',
      after = 'exit $?',
    }: { program?: readonly string[]; env?: Record<string, string>; prepare?: string; after?: string } = {},
  ): CliProcess {
    const line = [process.execPath, ...program, ...args].map((arg) => `'${arg}'`).join(' ');
    // Ctrl-C goes to the shell as well, and without a trap not every shell survives it.
    const script = `trap : INT; ${prepare}; ${line}; ${after}`;
    const [command, ...options] = terminalCommand(script);
    return new CliProcess(command, options, { TERM: 'xterm-256color', SHELL: '/bin/sh', ...env });
  }

  /** Runs a shell command beside the program. */
  static startShell(command: string): CliProcess {
    return new CliProcess('sh', ['-c', command], {});
  }

  /** Kills what a failed test has left. */
  static async killAll(): Promise<void> {
    const left = [...CliProcess.#running];
    for (const { child } of left) child.kill('SIGKILL');
    await Promise.all(left.map((cli) => cli.ended()));
  }

  /** Types keys into the terminal. */
  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Waits until the output has a text. */
  async shows(text: string | RegExp): Promise<void> {
    await this.#until(() => (typeof text === 'string' ? this.stdout.includes(text) : text.test(this.stdout)));
  }

  async ended(): Promise<Ended> {
    await this.#until(() => this.#isClosed);
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  async #until(condition: () => boolean): Promise<void> {
    await until(condition, TIMEOUT_MS).catch((error: Error) => {
      throw new Error(`${error.message}\n${JSON.stringify(this.stdout)}\n${this.stderr}`);
    });
  }
}

/** `describe` for tests with a terminal. */
export const describeWithTerminal = describeWith('terminal');

/** A command line that runs a shell command in a terminal of its own. */
function terminalCommand(command: string): [string, ...string[]] {
  if (findTerminal() === 'script') return ['script', '-qec', command, '/dev/null'];
  const program = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", sys.argv[1]])))';
  return ['python3', '-c', program, command];
}
