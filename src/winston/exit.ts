/** The end of the process: flushes before a program simply ends, and before winston ends it after an uncaught error. */

import type TransportStream = require('winston-transport');

import type { LogInfo } from '../record/log-call';

/** Called when the event loop is empty. */
const actions = new Set<() => void>();

function runActions(): void {
  for (const action of actions) action();
}

/**
 * Calls an action whenever the event loop is empty; the action may give it work again. It is not called if `process.exit()` or
 * a signal ends the process.
 */
export function onEmptyLoop(action: () => void): void {
  if (actions.size === 0) process.on('beforeExit', runActions);
  actions.add(action);
}

/** Removes an action, and with the last one the listener that all actions share. */
export function offEmptyLoop(action: () => void): void {
  actions.delete(action);
  if (actions.size === 0) process.off('beforeExit', runActions);
}

/** Fields that winston adds to a transport, beyond its types. */
interface WinstonState extends TransportStream {
  /** The first logger that this transport was added to. */
  parent?: { readonly exitOnError?: unknown } | null;
  /** Set before winston logs an error that will end the process. */
  readonly _ending?: boolean;
}

/**
 * Whether winston ends the process after this log call. It does so after an uncaught exception or rejection, as soon as each
 * transport that handles it has emitted `'finish'`, or after three seconds. If the process goes on, winston does not wait for
 * `'finish'`. It may go on if `exitOnError` is a function, too: winston has called it, once, and nobody else knows its answer.
 */
export function endsProcess(transport: TransportStream, info: LogInfo): boolean {
  if (info.exception !== true && info.rejection !== true) return false;
  const { parent, _ending } = transport as WinstonState;
  const exits = parent?.exitOnError;
  return _ending === true && exits !== false;
}
