/** Starts programs that log during faults, and collects their reports. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { TransportOptions, TransportStats } from '../../../src';
import { compiledRoot } from '../compiled';
import type { SentinelAddress } from '../redis/deployments';
import type { Library } from '../redis/ioredis-clients';
import type { Counts } from '../redis/stored-log';
import { until } from '../wait';

const PROGRAM = '__tests__/support/writers/fault-writer-process.js';
/** It writes its last lines for 20 seconds at most, and on a busy machine takes long for the rest. */
const END_TIMEOUT_MS = 60_000;

/** The connection of a writer: the transport's own, or a client that it passes in. */
export type WriterConnection =
  | { readonly url: string }
  | { readonly clientUrl: string }
  | { readonly cluster: readonly string[] }
  | { readonly sentinel: SentinelAddress };

/** The lines of a writer process, and where it logs them. */
export interface FaultWriterOptions {
  readonly connection: WriterConnection;
  readonly keyPrefix?: string;
  /** Logger names; lines take turns over names, then levels, then messages. @default ['app'] */
  readonly names?: readonly string[];
  /** Levels of winston's npm set. @default ['info'] */
  readonly levels?: readonly string[];
  /** Distinct messages of each name and level. @default 20 */
  readonly distinct?: number;
  /** @default 1000 */
  readonly linesPerSecond?: number;
  /** More options of the transport. @default { closeTimeoutMs: 20_000 } */
  readonly options?: Pick<
    TransportOptions,
    'recentLimit' | 'commonLimit' | 'maxPending' | 'lingerMs' | 'ttlSeconds' | 'closeTimeoutMs'
  >;
  /** Gives every try a number of its own, over a passed client, so that Redis refuses no duplicate. @default false */
  readonly withoutBatchNumbers?: boolean;
  /** Whose client is passed in. @default node-redis */
  readonly library?: Library;
  /** Error of the clock of the process. @default 0 */
  readonly clockOffsetMs?: number;
}

/** Durations of log calls, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** One logger name and severity, as one writer logged to it. */
export interface LoggedThere {
  /** As the keys have it. */
  readonly name: string;
  readonly severity: string;
  readonly counts: Counts;
  /** The texts of the newest lines, newest first. */
  readonly newest: readonly string[];
}

/** What a writer logged, and the counters and warnings of its transport. */
export interface FaultReport {
  readonly stats: TransportStats;
  readonly logged: readonly LoggedThere[];
  readonly warnings: readonly string[];
}

/** The state of a writer while it runs. */
export interface Progress {
  readonly stats: TransportStats;
  readonly warnings: readonly string[];
  /** Of the log calls since the last progress. */
  readonly latency: Latency;
  readonly rssBytes: number;
  /** Listeners of the process, the transport and the passed client. */
  readonly listeners: number;
}

/** The messages to a writer, and its answers. */
export type Request = 'stats' | 'progress' | 'end';
export type Answer =
  | { readonly stats: TransportStats }
  | { readonly progress: Progress }
  | { readonly report: FaultReport };

/** A program that logs through one transport and knows its log calls. It dies of an unhandled rejection. */
export class FaultWriter {
  static readonly #started = new Set<FaultWriter>();
  readonly #process: ChildProcess;
  readonly #errors: Promise<string>;

  private constructor(options: FaultWriterOptions) {
    this.#process = fork(PROGRAM, [JSON.stringify(options)], {
      cwd: compiledRoot(),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#errors = text(this.#process.stderr as NodeJS.ReadableStream);
  }

  /** Starts a writer and waits until it logs. */
  static async start(options: FaultWriterOptions): Promise<FaultWriter> {
    const writer = new FaultWriter(options);
    FaultWriter.#started.add(writer);
    await until(async () => (await writer.stats()).logged > 0);
    return writer;
  }

  /** Starts a writer with the transport's own connection, and one with a passed client. */
  static startBoth(url: string, options: Omit<FaultWriterOptions, 'connection'> = {}): Promise<FaultWriter[]> {
    const connections = [{ url }, { clientUrl: url }];
    return Promise.all(connections.map((connection) => FaultWriter.start({ ...options, connection })));
  }

  /** Kills the writers that a failed test has left. */
  static async killAll(): Promise<void> {
    const started = [...FaultWriter.#started];
    FaultWriter.#started.clear();
    await Promise.all(started.map((writer) => writer.kill()));
  }

  async progress(): Promise<Progress> {
    const answer = await this.#ask('progress');
    if (!('progress' in answer)) throw new Error('the writer has ended');
    return answer.progress;
  }

  async stats(): Promise<TransportStats> {
    const answer = await this.#ask('stats');
    if (!('stats' in answer)) throw new Error('the writer has ended');
    return answer.stats;
  }

  /** Waits until Redis has acknowledged `lines` more. */
  async acknowledged(lines: number, timeoutMs?: number): Promise<void> {
    const { written } = await this.stats();
    await until(async () => (await this.stats()).written >= written + lines, timeoutMs);
  }

  /** Waits until `lines` more log calls have been made. */
  async logged(lines: number, timeoutMs?: number): Promise<void> {
    const { logged } = await this.stats();
    await until(async () => (await this.stats()).logged >= logged + lines, timeoutMs);
  }

  /** Makes it end its logger and end by itself. Fails if it ends otherwise, or writes to stderr. */
  async end(): Promise<FaultReport> {
    const exit = once(this.#process, 'exit', { signal: AbortSignal.timeout(END_TIMEOUT_MS) });
    const [answer, [code], errors] = await Promise.all([this.#ask('end'), exit, this.#errors]);
    if (code !== 0 || errors !== '') throw new Error(`the writer ended with code ${code}: ${errors}`);
    if (!('report' in answer)) throw new Error('the writer gave no report');
    return answer.report;
  }

  /** Kills it if a test has failed. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }

  async #ask(request: Request): Promise<Answer> {
    const ended = new AbortController();
    const onExit = (code: number | null): void => {
      void this.#errors.then((errors) => ended.abort(new Error(`the writer ended with code ${code}: ${errors}`)));
    };
    this.#process.once('exit', onExit);
    try {
      const answer = once(this.#process, 'message', { signal: ended.signal });
      this.#process.send(request);
      return ((await answer) as [Answer])[0];
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    } finally {
      this.#process.off('exit', onExit);
    }
  }
}
