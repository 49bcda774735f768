/** Moves the clock of a server that tests start. */

import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledRoot } from '../compiled';
import { describeWith } from '../requirements';

/** `describe` for tests that move the clock of a server. */
export const describeWithClock = describeWith('server clock');

/** Valkey 9 looks at the clock of the machine once a millisecond at most. */
const NOTICED_MS = 2;
const NEVER_NOTIFIED = new Int32Array(new SharedArrayBuffer(4));

/** The time of day of the servers that are started with its `env`: the machine's own until it is moved. */
export class ServerClock {
  /** What the environment of a server needs, for `RedisServer.start`. */
  readonly env: Readonly<Record<string, string>>;
  readonly #dir: string;
  readonly #file: number;
  #offsetSeconds = 0;

  private constructor(dir: string, library: string) {
    const file = join(dir, 'offset');
    this.#dir = dir;
    this.#file = openSync(file, 'w');
    this.env = { LD_PRELOAD: library, SERVER_CLOCK_FILE: file };
    this.set(0);
  }

  static create(): ServerClock {
    return new ServerClock(mkdtempSync(join(tmpdir(), 'server-clock-')), compileLibrary());
  }

  /** Sets the clock, in whole seconds after that of the machine, and waits until servers notice. */
  set(offsetSeconds: number): void {
    const bytes = new BigInt64Array([BigInt(offsetSeconds)]);
    writeSync(this.#file, bytes, 0, bytes.byteLength, 0);
    this.#offsetSeconds = offsetSeconds;
    Atomics.wait(NEVER_NOTIFIED, 0, 0, NOTICED_MS);
  }

  /** Has the clock show a time, in epoch seconds; from then on it goes. */
  show(seconds: number): void {
    this.set(seconds - Math.floor(Date.now() / 1000));
  }

  /** Moves the clock, in whole seconds. */
  advance(seconds: number): void {
    this.set(this.#offsetSeconds + seconds);
  }

  /** Removes its file. Servers that still run keep their time. */
  remove(): void {
    closeSync(this.#file);
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** Compiles the library that servers preload, unless another suite has. Gives its path. */
function compileLibrary(): string {
  const library = join(compiledRoot(), 'server-clock.so');
  if (existsSync(library)) return library;
  const own = `${library}.${process.pid}`;
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', own, join(__dirname, 'server-clock.c')]);
  renameSync(own, library);
  return library;
}
