/** A transport that does nothing, and the transports that come with winston, writing to the null device or a file. */

import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import winston from 'winston';

import TransportStream = require('winston-transport');

import type { Contender } from './contender';

class NoOpTransport extends TransportStream {
  override log(_info: unknown, callback: () => void): void {
    callback();
  }
}

export function openNoOp(): Contender {
  return { transport: new NoOpTransport(), done: (logged) => logged, isUnbounded: false };
}

export function openFile(): Contender {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const filename = join(folder, 'bench.log');
  const transport = new winston.transports.File({ filename });
  let written = 0;
  transport.on('logged', () => written++);
  const count = async (): Promise<number> => readFileSync(filename).reduce((lines, byte) => lines + +(byte === 10), 0);
  return { transport, done: () => written, isUnbounded: true, count };
}

/** The stream counts bytes, not lines: the share of bytes written is taken for the share of lines. */
export function openStream(): Contender {
  const stream = createWriteStream(devNull);
  const transport = new winston.transports.Stream({ stream });
  const done = (logged: number): number => {
    const { bytesWritten, writableLength } = stream;
    return writableLength === 0 ? logged : Math.floor((logged * bytesWritten) / (bytesWritten + writableLength));
  };
  return { transport, done, isUnbounded: true };
}

/** The standard output of a measure's process is the null device. */
export function openConsole(): Contender {
  const done = (logged: number): number => (process.stdout.writableLength === 0 ? logged : 0);
  return { transport: new winston.transports.Console(), done, isUnbounded: false };
}
