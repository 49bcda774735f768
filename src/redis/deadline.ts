/** Stops waiting for work that may never end. */

import { clock } from '../clock';
import type { Connection } from './connection';

/** How long Redis may take for a reply. */
export const REPLY_TIMEOUT_MS = 10_000;

interface DeadlineOptions {
  /** Whether the deadline keeps the process alive. @default false */
  readonly holdsProcess?: boolean;
  /** Makes the error to reject with. @default no answer from Redis */
  readonly toError?: () => Error;
  /** Called at the deadline, after the promise was rejected. */
  readonly onTimeout?: () => void;
}

/** The error of a server that was silent for so long. */
export function noAnswer(ms: number): Error {
  return new Error(`no answer from Redis within ${Math.round(ms)} ms`);
}

/** Rejects if work takes longer than `ms` milliseconds. The work itself goes on: Redis may still do what it was asked. */
export function withDeadline<T>(work: Promise<T>, ms: number, options: DeadlineOptions = {}): Promise<T> {
  const { holdsProcess = false, toError, onTimeout } = options;
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      reject(toError?.() ?? noAnswer(ms));
      onTimeout?.();
    }, ms);
    if (!holdsProcess) timer.unref();
    work.then(resolve, reject).finally(() => clock.clearTimeout(timer));
  });
}

/** The same connection, on which no script is waited for longer than `ms` milliseconds, whoever owns the client. */
export function connectionWithDeadline(connection: Connection, ms: number): Connection {
  return {
    isCluster: connection.isCluster,
    get heldMs() {
      return connection.heldMs;
    },
    run: (...script) => withDeadline(connection.run(...script), ms),
    expectReplies: (silentMs) => connection.expectReplies(silentMs),
    acquire: () => connection.acquire(),
    release: () => connection.release(),
  };
}
