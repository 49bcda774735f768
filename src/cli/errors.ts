/** What could not be done. It is told as it is, and ends the program with code 1. */
export class Failure extends Error {
  override name = 'Failure';
}

/** What was asked for in a way that cannot be understood. It ends the program with code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
