/** What the user sees: the output of a command, and notes and a spinner beside it. */

import { withoutUserInfo } from '../../errors';
import type { Host, Sink } from '../host';
import { ASCII_MARKS, type Marks, UNICODE_MARKS } from './sparkline';
import { createStyle, type Style, wantsColor, wantsUnicode } from './style';
import { fit, visible } from './text';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPINNER_STEP_MS = 100;
/** Shorter waits need no explanation. */
const SPINNER_AFTER_MS = 1000;
const CLEAR_LINE = '\r\u001b[K';

/** The output on stdout, and notes about it on stderr. */
export class Screen {
  readonly style: Style;
  readonly marks: Marks;
  readonly out: Sink;
  /** Whether the output is a terminal that understands escape sequences. */
  readonly hasEscapes: boolean;
  readonly #notes: Sink;
  readonly #canSpin: boolean;

  constructor({ stdout, stderr, env }: Pick<Host, 'stdout' | 'stderr' | 'env'>, color: 'auto' | 'always' | 'never') {
    this.out = stdout;
    this.#notes = stderr;
    const isDumb = env.TERM === 'dumb';
    this.hasEscapes = Boolean(stdout.isTTY) && !isDumb;
    this.#canSpin = Boolean(stderr.isTTY) && !isDumb;
    this.style = createStyle(wantsColor(color, this.hasEscapes, env));
    this.marks = wantsUnicode(env) ? UNICODE_MARKS : ASCII_MARKS;
  }

  /** Width to cut lines to; undefined if the output is no terminal, which gets whole lines. */
  get columns(): number | undefined {
    return this.out.isTTY ? this.out.columns || undefined : undefined;
  }

  print(lines: readonly string[]): void {
    if (lines.length > 0) this.out.write(`${lines.join('\n')}\n`);
  }

  /** Writes a note on stderr, without the password of a URL and without control characters. */
  note(text: string): void {
    note(this.#notes, text);
  }

  /** Shows a spinner on a terminal if the work takes more than a second. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    if (!this.#canSpin) return work;
    const began = performance.now();
    let isShown = false;
    const show = (): void => {
      const ms = performance.now() - began;
      if (ms < SPINNER_AFTER_MS) return;
      isShown = true;
      const frame = SPINNER[Math.floor(ms / SPINNER_STEP_MS) % SPINNER.length];
      // A line that wraps would leave its first part behind, as only the cursor's own line is cleared.
      const text = fit(`${frame} ${printable(what)} (${Math.floor(ms / 1000)} s)`, (this.#notes.columns || 80) - 1);
      this.#notes.write(`${CLEAR_LINE}${text}`);
    };
    const timer = setInterval(show, SPINNER_STEP_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      if (isShown) this.#notes.write(CLEAR_LINE);
    }
  }
}

/** Writes one line, without the password of a URL and without control characters. */
export function note(sink: Sink, text: string): void {
  sink.write(`${printable(text)}\n`);
}

function printable(text: string): string {
  return visible(withoutUserInfo(text));
}
