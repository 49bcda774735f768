import { isConfigurationError } from '../redis/failures';

/** The greatest wait before a failed batch is tried again: it doubles from try to try, from the first to the last. */
const FIRST_MS = 100;
const LAST_MS = 5000;
/** The last while a flush is waited for, which has a deadline. */
const LAST_IN_FLUSH_MS = 500;
/** The wait after an error that only a change of configuration can end. */
const CONFIGURATION_MS = 30_000;

/**
 * How long to wait before the next try, in milliseconds. Full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): many writers that lost Redis together do
 * not come back together.
 *
 * @param tries - tries that failed before this one
 */
export function backoffMs(tries: number, error: unknown, isFlushing: boolean): number {
  if (isConfigurationError(error) && !isFlushing) return CONFIGURATION_MS;
  return Math.random() * Math.min(FIRST_MS * 2 ** tries, isFlushing ? LAST_IN_FLUSH_MS : LAST_MS);
}
