import type { Readable } from 'node:stream';

import type TransportStream = require('winston-transport');

import type { LogInfo } from '../record/log-call';

/** What to do when the program has nothing left to do. */
const actions = new Set<() => void>();

function runActions(): void {
  for (const action of actions) action();
}

/**
 * Has an action called whenever the event loop runs empty, which may start it again. It is not called where the process
 * is ended by `process.exit()` or a signal.
 */
export function onEmptyLoop(action: () => void): void {
  if (actions.size === 0) process.on('beforeExit', runActions);
  actions.add(action);
}

/** Takes an action back. The listener that all share goes with the last one. */
export function offEmptyLoop(action: () => void): void {
  actions.delete(action);
  if (actions.size === 0) process.off('beforeExit', runActions);
}

/** What winston adds to a transport, beyond its types. */
interface WinstonState extends TransportStream {
  /** The first logger that this transport was added to. */
  parent?: { readonly exitOnError?: unknown } | null;
  /** Set before winston logs what is to end the process. */
  readonly _ending?: boolean;
}

/**
 * Whether winston ends the process after this log call: it does after an uncaught exception or rejection, as soon as each
 * transport that handles it has emitted `'finish'`, or after three seconds. Where the process goes on, nobody waits for
 * that.
 */
export function endsProcess(transport: TransportStream, info: LogInfo): boolean {
  if (info.exception !== true && info.rejection !== true) return false;
  const { parent, _ending } = transport as WinstonState;
  const exits = parent?.exitOnError;
  return _ending === true && exits !== false && (typeof exits !== 'function' || Boolean(exits(info.error)));
}

/**
 * Tells winston that an exception is written. Its loggers take that for the end of the stream and let go of it, so they
 * are piped again: where another transport takes its time, the application may log until the three seconds are over.
 */
export function emitFinish(transport: TransportStream): void {
  const { parent } = transport as WinstonState;
  const loggers: Readable[] = [];
  const onUnpipe = (logger: Readable): number => loggers.push(logger);
  transport.on('unpipe', onUnpipe);
  transport.emit('finish');
  transport.off('unpipe', onUnpipe);
  for (const logger of loggers) logger.pipe(transport);
  Object.assign(transport, { parent });
}
