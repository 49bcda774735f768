/** Refuses promises where a function of the application must give its result at once: a log call waits for nothing. */

/** The log call is warned of already, and an unhandled rejection would end the process. */
function ignoreRejection(): void {}

/**
 * The result of a function of the application.
 * @throws TypeError for a promise, which may then reject without a consequence
 */
export function atOnce<Result>(result: Result): Result {
  const isObject = typeof result === 'object' || typeof result === 'function';
  if (!isObject || result === null || !('then' in result) || typeof result.then !== 'function') return result;
  Promise.resolve(result).catch(ignoreRejection);
  throw new TypeError('it must return its result at once, not a promise');
}
