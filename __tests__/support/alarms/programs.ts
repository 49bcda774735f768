/** Starts programs that watch, and programs that log what is new. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { WatcherStats } from '../../../src';
import { compiledRoot } from '../compiled';
import type { WriterConnection } from '../writers/fault-writer';

export interface WatcherProgramOptions {
  readonly connection: WriterConnection;
  /** Where alarms are posted. */
  readonly sink: string;
  readonly digestAbove: number;
}

export type WatcherRequest = 'stats' | 'end';

export interface WatcherAnswer {
  readonly stats: WatcherStats;
  /** Since the answer before. */
  readonly warnings: readonly string[];
}

export interface NewsWriterOptions {
  readonly connection: WriterConnection;
  /** Logger names, which take turns; one that is killed logs to the first. */
  readonly names: readonly string[];
  /** The number of the first message; each has the next one. */
  readonly first: number;
  /** Messages a second, unless it is killed. */
  readonly perSecond: number;
  /** Whether it kills itself as soon as its first batch is written. */
  readonly isKilled: boolean;
}

const started = new Set<ChildProcess>();

function start(program: string, options: object): ChildProcess {
  const child = fork(`__tests__/support/alarms/${program}.js`, [JSON.stringify(options)], {
    cwd: compiledRoot(),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Kills what is left of a test. */
export async function killAlarmPrograms(): Promise<void> {
  await Promise.all([...started].map(kill));
}

/** A process with one watcher. */
export class WatcherProgram {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts one and waits until it watches. */
  static async start(options: WatcherProgramOptions): Promise<WatcherProgram> {
    const child = start('watcher-process', options);
    await nextMessage(child);
    return new WatcherProgram(child);
  }

  stats(): Promise<WatcherAnswer> {
    return this.#ask('stats');
  }

  /** Has it close its watcher and end. */
  async end(): Promise<WatcherAnswer> {
    const exit = once(this.#process, 'exit');
    const answer = await this.#ask('end');
    await exit;
    return answer;
  }

  kill(): Promise<void> {
    return kill(this.#process);
  }

  async #ask(request: WatcherRequest): Promise<WatcherAnswer> {
    const answer = nextMessage(this.#process);
    this.#process.send(request);
    return answer;
  }
}

/** Rejects if the process ends instead. */
async function nextMessage(child: ChildProcess): Promise<WatcherAnswer> {
  const ended = new AbortController();
  const onExit = (code: number | null): void => ended.abort(new Error(`the watcher has ended with code ${code}`));
  child.once('exit', onExit);
  try {
    return ((await once(child, 'message', { signal: ended.signal })) as [WatcherAnswer])[0];
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off('exit', onExit);
  }
}

/** When a message was logged, by the monotonic clock of the machine, and whether Redis has acknowledged it. */
export interface NewsEntry {
  readonly loggedMs: number;
  isWritten: boolean;
}

/** A process that logs new messages. */
export class NewsWriter {
  readonly #process: ChildProcess;
  /** By the number of the message. */
  readonly news: ReadonlyMap<number, NewsEntry>;
  readonly #ended: Promise<unknown>;

  constructor(options: NewsWriterOptions) {
    const child = start('news-writer-process', options);
    const news = new Map<number, NewsEntry>();
    const lines = createInterface(child.stdout as Readable).on('line', (line) => {
      const [what, number, ms] = line.split(' ');
      const entry = news.get(Number(number));
      if (what === 'logged') news.set(Number(number), { loggedMs: Number(ms), isWritten: false });
      else if (entry) entry.isWritten = true;
    });
    this.#process = child;
    this.news = news;
    // After it was disconnected, there is no 'close' event of the process.
    this.#ended = Promise.all([once(child, 'exit'), once(lines, 'close')]);
  }

  /** Resolves when it has ended, and all that it said is known. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  /** Lets it write what it has logged, and end. */
  async end(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended;
  }

  kill(): Promise<void> {
    return kill(this.#process);
  }
}
