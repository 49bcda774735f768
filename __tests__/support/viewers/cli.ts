/** Runs the command line program within the test process, with output that tests can read. */

import { PassThrough } from 'node:stream';
import type { Hold, Sink } from '../../../src/cli/host';
import { main } from '../../../src/cli/main';
import type { Ended } from '../program';
import { until } from '../wait';

const ESC = '\u001b';

/** An output stream that keeps its text. */
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

/** An input that keys can be typed into. */
export class FakeKeyboard extends PassThrough {
  readonly isTTY: boolean;
  isRaw = false;

  constructor({ isTTY = false } = {}) {
    super();
    this.isTTY = isTTY;
  }

  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw;
  }
}

/** The command line program within this process. */
export class RunningCli {
  readonly stdout: FakeSink;
  readonly stderr: FakeSink;
  readonly ended: Promise<Ended>;
  static readonly #running = new Set<RunningCli>();
  /** The exit code that an early end of the process would have. */
  earlyCode = 0;
  readonly #interrupt = new AbortController();

  constructor(
    args: readonly string[],
    { env = {}, stdin = new FakeKeyboard(), stdout = new FakeSink(), stderr = new FakeSink() }: CliSetting = {},
  ) {
    this.stdout = stdout;
    this.stderr = stderr;
    const { signal } = this.#interrupt;
    RunningCli.#running.add(this);
    const hold = (): Hold => ({ stop: () => undefined, end: () => undefined });
    const endsEarlyWith = (code: number): void => {
      this.earlyCode = code;
    };
    const host = { args, env, stdin, stdout, stderr, endsEarlyWith, interrupted: () => signal, hold };
    this.ended = main(host).then((code) => {
      RunningCli.#running.delete(this);
      return { code, stdout: stdout.text, stderr: stderr.text };
    });
  }

  /** Ends what a failed test has left. */
  static async interruptAll(): Promise<void> {
    await Promise.all([...RunningCli.#running].map((cli) => cli.interrupt()));
  }

  /** Waits until a condition holds. Fails at once if the program ends before that. */
  async until(condition: () => boolean): Promise<void> {
    let ended: Ended | undefined;
    void this.ended.then((end) => (ended = end));
    await until(() => condition() || ended !== undefined);
    if (!condition()) throw new Error(`ended before that: ${JSON.stringify(ended)}`);
  }

  /** Interrupts, as Ctrl-C does, and waits for the end. */
  interrupt(): Promise<Ended> {
    this.#interrupt.abort();
    return this.ended;
  }
}

/** Environment, input and output of the program. */
export interface CliSetting {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: FakeKeyboard;
  readonly stdout?: FakeSink;
  readonly stderr?: FakeSink;
}

/** Runs the program within this process until it ends by itself. */
export function runCli(args: readonly string[], setting?: CliSetting): Promise<Ended> {
  return new RunningCli(args, setting).ended;
}

/** A text without the looks that the program uses, and with all other escape sequences. */
export function uncolored(text: string): string {
  return text.replaceAll(new RegExp(`${ESC}\\[(\\d|[237]\\d)m`, 'g'), '');
}
