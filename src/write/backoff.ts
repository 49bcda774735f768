/** The wait before a failed batch is tried again. */

import { isConfigurationError } from '../redis/failures';

/** Greatest wait before the second try, and before later ones: it doubles from try to try. */
const FIRST_MS = 100;
const LAST_MS = 5000;
/** The same while a flush is running, which has a deadline. */
const LAST_IN_FLUSH_MS = 500;
/** The wait after an error that only a change of configuration can end. */
const CONFIGURATION_MS = 30_000;

/**
 * The wait before the next try, in milliseconds. It has full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), so that the many writers that lost Redis
 * together do not come back together.
 *
 * @param tries - tries that failed before this one
 */
export function backoffMs(tries: number, error: unknown, isFlushing: boolean): number {
  if (isConfigurationError(error) && !isFlushing) return CONFIGURATION_MS;
  return Math.random() * Math.min(FIRST_MS * 2 ** tries, isFlushing ? LAST_IN_FLUSH_MS : LAST_MS);
}
