import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

import TransportStream = require('winston-transport');

import { openEvalSha, openMulti, openSeed } from './per-line';
import { openWinstonRedis } from './winston-redis';

/** What a contender is opened with. */
export interface Setting {
  readonly url: string;
  /** Whether the logger name is in each line; else it is the default. */
  readonly isNamed: boolean;
}

/** A transport that is measured. */
export interface Contender {
  readonly transport: TransportStream;
  /** Lines that are acknowledged by Redis, or written, of so many that were logged. */
  done(logged: number): number;
  /** Whether its queue grows without bound where an application logs faster than it writes. */
  readonly isUnbounded: boolean;
  /** Why lines failed; undefined where none did. */
  readonly failure?: () => string | undefined;
  /** Writes at once what waits. */
  readonly flush?: () => Promise<void>;
  /** Lines that can be read back, of all that were logged; without it that is not looked at. */
  readonly count?: () => Promise<number>;
}

/** winston itself, with a transport that does nothing: the limit. */
export const NO_OP = 'no-op';
/** This package. */
export const OURS = 'recent-common';

/** Those that are compared, by the names under which they are asked for. */
export const CONTENDERS: Readonly<Record<string, (setting: Setting) => Contender | Promise<Contender>>> = {
  [NO_OP]: openNoOp,
  [OURS]: openRecentCommon,
  file: openFile,
  stream: openStream,
  console: openConsole,
  'winston-redis': openWinstonRedis,
  multi: openMulti,
  evalsha: openEvalSha,
  seed: openSeed,
};

class NoOpTransport extends TransportStream {
  override log(_info: unknown, callback: () => void): void {
    callback();
  }
}

function openNoOp(): Contender {
  return { transport: new NoOpTransport(), done: (logged) => logged, isUnbounded: false };
}

function openRecentCommon({ url, isNamed }: Setting): Contender {
  const transport = new RedisRecentCommonTransport({ url, name: isNamed ? (info) => info.name : undefined });
  return {
    transport,
    done: () => transport.stats().written,
    isUnbounded: false,
    flush: () => transport.flush(),
    count: () => countStored(url),
  };
}

async function countStored(url: string): Promise<number> {
  const reader = new RecentCommonReader({ url });
  let total = 0;
  for (const { name, severity } of await reader.names()) {
    for (const window of ['current', 'previous'] as const) {
      total += (await reader.common(name, severity, { window, limit: 1 })).total;
    }
  }
  reader.close();
  return total;
}

function openFile(): Contender {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const filename = join(folder, 'bench.log');
  const transport = new winston.transports.File({ filename });
  let written = 0;
  transport.on('logged', () => written++);
  const count = async (): Promise<number> => readFileSync(filename).reduce((lines, byte) => lines + +(byte === 10), 0);
  return { transport, done: () => written, isUnbounded: true, count };
}

/** The stream counts bytes, not lines: of those that it has taken it has written the same share of each. */
function openStream(): Contender {
  const stream = createWriteStream(devNull);
  const transport = new winston.transports.Stream({ stream });
  const done = (logged: number): number => {
    const { bytesWritten, writableLength } = stream;
    return writableLength === 0 ? logged : Math.floor((logged * bytesWritten) / (bytesWritten + writableLength));
  };
  return { transport, done, isUnbounded: true };
}

/** The standard output of the process is the null device. */
function openConsole(): Contender {
  const done = (logged: number): number => (process.stdout.writableLength === 0 ? logged : 0);
  return { transport: new winston.transports.Console(), done, isUnbounded: false };
}
