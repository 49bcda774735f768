/** What surrounds the program: command line, environment, output and signals. */

/** A stream that text is written to, such as `process.stdout`. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** What surrounds the program. Tests pass their own. */
export interface Host {
  /** The command line after the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** From this call on, an interrupt aborts the signal instead of ending the process. */
  readonly interrupted: () => AbortSignal;
  /** Until ended, calls `before` when Ctrl-Z is about to stop the process and `after` when it continues. */
  readonly onStop: (before: () => void, after: () => void) => { end(): void };
}
