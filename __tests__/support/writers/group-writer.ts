/** Starts programs that log messages in groups, so that a reader who saw a part of one is found out. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { compiledRoot } from '../compiled';
import type { Counts } from '../redis/stored-log';

const PROGRAM = '__tests__/support/writers/group-writer-process.js';

/** Messages of a group. They are logged at once, so no reader may see only some of them. */
export const PARTS = 5;
/** Kinds of groups, which take turns. */
export const KINDS = 4;

/** The groups of one process, and where it logs them. */
export interface GroupWriterOptions {
  readonly url: string;
  readonly writer: number;
  /** @default as fast as it can */
  readonly groupsPerSecond?: number;
  /** @default until it is stopped */
  readonly groups?: number;
  readonly recentLimit?: number;
}

/** The message of one part of a group. Both count from 0. */
export function partMessage(group: number, part: number): string {
  return `kind ${group % KINDS} part ${part}`;
}

/** How often one writer logs each message in its first `groups`. */
export function countGroups(groups: number): Counts {
  const counts: Counts = {};
  for (let kind = 0; kind < Math.min(KINDS, groups); kind++) {
    for (let part = 0; part < PARTS; part++) counts[partMessage(kind, part)] = Math.ceil((groups - kind) / KINDS);
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
    // It ends with its input, and so with the test.
    this.#process = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { cwd: compiledRoot() });
    this.#output = text(this.#process.stdout as NodeJS.ReadableStream);
    this.#errors = text(this.#process.stderr as NodeJS.ReadableStream);
    this.#exit = once(this.#process, 'exit');
  }

  /** Makes it log no more groups. */
  stop(): void {
    this.#process.stdin?.end();
  }

  /** Waits for its end, and gives the number of its groups. Fails if it could not write all. */
  async ended(): Promise<number> {
    const [output, errors] = await Promise.all([this.#output, this.#errors, this.#exit]);
    if (errors !== '' || !/^\d+$/.test(output)) throw new Error(`a writer has failed: ${errors}${output}`);
    return Number(output);
  }

  /** Kills it if a test has failed. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }
}
