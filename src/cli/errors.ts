/** Errors that end the program, the exit code of each, and what is said of those of Redis. */

import { errorMessage } from '../errors';
import { isDemotionError, NoClusterClientError } from '../redis/failures';

/** How the program ends: 0 for success, 1 for failure, 2 for a command line that was not understood. */
export type ExitCode = 0 | 1 | 2 | typeof NO_VERDICT;

/** What was asked for cannot be told. */
export const NO_VERDICT = 3;

/** The request was understood but failed. Ends the program with code 1; its message is shown as it is. */
export class Failure extends Error {
  override name = 'Failure';
}

/** The command line was not understood. Ends the program with code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Why Redis could not be read, with advice for those who start a program, not for those who write one. */
export function reasonText(error: unknown): string {
  if (error instanceof NoClusterClientError) return 'it is a node of a cluster: use --cluster';
  const { cause } = Object(error) as { cause?: unknown };
  if (!isDemotionError(cause)) return errorMessage(error);
  return `${errorMessage(cause)} (it is a replica: give the URL of its master)`;
}
