import { type Style, styleOf, wantsColor } from './style';
import { fit, visible } from './text';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPINNER_STEP_MS = 100;
/** What takes less is over before anyone wonders. */
const SPINNER_AFTER_MS = 1000;
const CLEAR_LINE = '\r\u001b[K';

/** A stream that text is written to, such as `process.stdout`. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** What is around the program. */
export interface Host {
  /** The command line after the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Makes an interrupt end what runs on and on, instead of the process. It aborts then. */
  readonly interrupted: () => AbortSignal;
  /** Has the first called before the program is stopped, as Ctrl-Z does, and the second when it goes on, until it is ended. */
  readonly onStop: (before: () => void, after: () => void) => { end(): void };
}

/** What people see: the output, and apart from it what there is to say about it. */
export class Screen {
  readonly style: Style;
  readonly out: Sink;
  /** Whether it is a terminal that knows escape sequences. */
  readonly hasEscapes: boolean;
  readonly #notes: Sink;
  readonly #canSpin: boolean;

  constructor({ stdout, stderr, env }: Host, color: 'auto' | 'always' | 'never') {
    this.out = stdout;
    this.#notes = stderr;
    const isDumb = env.TERM === 'dumb';
    this.hasEscapes = Boolean(stdout.isTTY) && !isDumb;
    this.#canSpin = Boolean(stderr.isTTY) && !isDumb;
    this.style = styleOf(wantsColor(color, this.hasEscapes, env));
  }

  /** Undefined where lines are not to be cut: what is no terminal gets them whole. */
  get columns(): number | undefined {
    return this.out.isTTY ? this.out.columns || undefined : undefined;
  }

  print(lines: readonly string[]): void {
    if (lines.length > 0) this.out.write(`${lines.join('\n')}\n`);
  }

  /** Says something about the output, without a password and without control characters. */
  note(text: string): void {
    note(this.#notes, text);
  }

  /** Shows, to one who looks on, that something still goes on. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    if (!this.#canSpin) return work;
    const began = performance.now();
    const show = (): void => {
      const ms = performance.now() - began;
      if (ms < SPINNER_AFTER_MS) return;
      const frame = SPINNER[Math.floor(ms / SPINNER_STEP_MS) % SPINNER.length];
      // What goes on in the next line is not cleared with this one.
      const text = fit(`${frame} ${printable(what)} (${Math.floor(ms / 1000)} s)`, (this.#notes.columns || 80) - 1);
      this.#notes.write(`${CLEAR_LINE}${text}`);
    };
    const timer = setInterval(show, SPINNER_STEP_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      if (performance.now() - began >= SPINNER_AFTER_MS) this.#notes.write(CLEAR_LINE);
    }
  }
}

/** Writes one line that holds no password of a URL and no control characters. */
export function note(sink: Sink, text: string): void {
  sink.write(`${printable(text)}\n`);
}

function printable(text: string): string {
  return visible(text.replace(/\/\/\S*@/g, '//…@'));
}
