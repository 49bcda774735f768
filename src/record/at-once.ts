/** Refuses promises where a function of the application must give its result at once: a log call waits for nothing. */

/** It is warned of otherwise, and an unhandled rejection would end the process. */
function ignoreRejection(): void {}

/** Whether a value is a promise. If it is, it may reject without a consequence from now on. */
export function isPromise(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  if (typeof (value as { then?: unknown }).then !== 'function') return false;
  Promise.resolve(value).catch(ignoreRejection);
  return true;
}

/**
 * The result of a function of the application.
 * @throws TypeError for a promise
 */
export function atOnce<Result>(result: Result): Result {
  if (isPromise(result)) throw new TypeError('it must return its result at once, not a promise');
  return result;
}
