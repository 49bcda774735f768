import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { compiledRoot } from '../compiled';
import type { Counts } from '../redis/stored-log';

const PROGRAM = '__tests__/support/writers/group-writer-process.js';

/** Messages of a group, which are logged at once: whoever sees some of them and not the others saw what never was. */
export const PARTS = 5;
/** Groups of these take turns. */
export const KINDS = 4;

/** What one process logs, and where. */
export interface GroupWriterOptions {
  readonly url: string;
  readonly writer: number;
  /** As fast as it can by default. */
  readonly groupsPerSecond?: number;
  /** Until it is ended by default. */
  readonly groups?: number;
  readonly recentLimit?: number;
}

/** The message of a part, from 0, of a group, from 0. */
export function partOf(group: number, part: number): string {
  return `kind ${group % KINDS} part ${part}`;
}

/** How often so many groups of one writer log each message. */
export function countsOf(groups: number): Counts {
  const counts: Counts = {};
  for (let kind = 0; kind < Math.min(KINDS, groups); kind++) {
    for (let part = 0; part < PARTS; part++) counts[partOf(kind, part)] = Math.ceil((groups - kind) / KINDS);
  }
  return counts;
}

/** A process that logs groups of messages to the logger `app`. */
export class GroupWriter {
  readonly #process: ChildProcess;
  readonly #output: Promise<string>;
  readonly #errors: Promise<string>;
  readonly #exit: Promise<unknown>;

  constructor(options: GroupWriterOptions) {
    // It ends with its input, so also where the test has died.
    this.#process = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { cwd: compiledRoot() });
    this.#output = text(this.#process.stdout as NodeJS.ReadableStream);
    this.#errors = text(this.#process.stderr as NodeJS.ReadableStream);
    this.#exit = once(this.#process, 'exit');
  }

  /** Has it log no more, where it would not end by itself. */
  stop(): void {
    this.#process.stdin?.end();
  }

  /** How many groups it logged, once it has ended. Fails where it could not write everything. */
  async ended(): Promise<number> {
    const [output, errors] = await Promise.all([this.#output, this.#errors, this.#exit]);
    if (errors !== '' || !/^\d+$/.test(output)) throw new Error(`a writer has failed: ${errors}${output}`);
    return Number(output);
  }

  /** Ends it at once, where a test has failed. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }
}
