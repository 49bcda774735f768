/** Gives up what takes too long at one go, which no timer and no Ctrl-C would interrupt. */

import { createContext, Script } from 'node:vm';
import { Failure } from '../errors';

const CALL = new Script('work()');
/** Where the work is called. Made when first needed. */
let context: { work?: (() => unknown) | undefined } | undefined;

/**
 * Does work that waits for nothing, such as matching regular expressions, of which some take for ever on some texts.
 * @throws Failure with a reason if it takes longer than `mostMs`
 */
export function withinTime<T>(work: () => T, mostMs: number, reason: string): T {
  context ??= createContext({}) as NonNullable<typeof context>;
  context.work = work;
  try {
    return CALL.runInContext(context, { timeout: mostMs }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new Failure(reason);
    throw error;
  } finally {
    context.work = undefined;
  }
}
