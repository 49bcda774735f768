/** pino, a logger of its own, writing to the null device: by its own stream, and through its transport in a worker thread. */

import { devNull } from 'node:os';
import { promisify } from 'node:util';
import { LEVELS, type Levels } from '../lib/workloads';
import type { Contender } from './contender';
import { InstalledPackage } from './installed';

export const PINO = new InstalledPackage('pino@10.4.0');

/** A stream of its own. Its flush() ends with fsync(), which the null device refuses. */
interface Destination {
  flushSync(): void;
}

/** A worker thread. */
interface WorkerStream {
  flush(callback: (error?: Error) => void): void;
}

interface Pino {
  (options: object, destination: Destination | WorkerStream): { child(fields: object): object };
  destination(options: object): Destination;
  transport(options: object): WorkerStream;
}

/** Its buffer is written when it holds 4 kB; the rest, when it is flushed. */
export function openPino(): Contender {
  const pino = PINO.require() as Pino;
  const destination = pino.destination({ dest: devNull, sync: false, minLength: 4096 });
  return toContender(pino, destination, async () => destination.flushSync());
}

export function openPinoTransport(): Contender {
  const pino = PINO.require() as Pino;
  const worker = pino.transport({ target: 'pino/file', options: { destination: devNull } });
  return toContender(pino, worker, () => promisify(worker.flush.bind(worker))());
}

function toContender(pino: Pino, destination: Destination | WorkerStream, flush: () => Promise<void>): Contender {
  const customLevels = Object.fromEntries(Object.entries(LEVELS).map(([level, rank]) => [level, 60 - 10 * rank]));
  const logger = pino({ customLevels, useOnlyCustomLevels: true, level: 'debug' }, destination);
  let hasFlushed = false;
  return {
    logger: {
      child: (fields) => logger.child(fields) as Levels,
      root: logger as unknown as Levels,
      write: (target, level, message, metadata) => {
        hasFlushed = false;
        if (metadata) target[level]?.(metadata, message);
        else target[level]?.(message);
      },
    },
    done: (logged) => (hasFlushed ? logged : 0),
    isUnbounded: false,
    flush: async () => {
      await flush();
      hasFlushed = true;
    },
  };
}
