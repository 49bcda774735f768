/** What surrounds the program: command line, environment, input and output, signals. */

/** A stream that text is written to, such as `process.stdout`. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** A stream that keys come from, such as `process.stdin`. */
export type Keyboard = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
};

/** A watch over the process while it has changed the terminal. */
export interface Hold {
  /** Stops the processes of this job, as Ctrl-Z does where the terminal itself reads it. */
  stop(): void;
  end(): void;
}

/** What surrounds the program. Tests pass their own. */
export interface Host {
  /** The command line after the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly stdin: Keyboard;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Sets the exit code for an end before `main` is done, as when the output is closed. Without it, that is 0. */
  readonly endsEarlyWith: (code: number) => void;
  /** From this call on, an interrupt aborts the signal instead of ending the process. */
  readonly interrupted: () => AbortSignal;
  /**
   * Until ended, calls `leave` when the process is about to stop, and however it ends by itself, a crash included; and `resume`
   * whenever it continues.
   */
  readonly hold: (leave: () => void, resume: () => void) => Hold;
}
