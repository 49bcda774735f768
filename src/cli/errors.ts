/** Errors that end the program, and the exit code of each. */

/** The request was understood but failed. Ends the program with code 1; its message is shown as it is. */
export class Failure extends Error {
  override name = 'Failure';
}

/** The command line was not understood. Ends the program with code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
