/** Draws on the whole terminal, and leaves it as it was however the program ends. */

import type { Hold, Host, Keyboard } from '../host';
import type { Screen } from './screen';

/** Alternate screen, no cursor, no line wrap. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
/** What is pasted comes between two marks. */
const MARK_PASTES = '\u001b[?2004h';
const MARK_NO_PASTES = '\u001b[?2004l';
const HOME = '\u001b[H';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** Of a terminal that does not tell its size. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** The size of a terminal, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The alternate screen of a terminal, from `enter` to `leave`. */
export class FullScreen {
  readonly #screen: Screen;
  readonly #host: Pick<Host, 'hold'>;
  readonly #keyboard: Keyboard | undefined;
  readonly #redraw: () => void;
  #hold: Hold | undefined;
  #isShown = false;

  /**
   * @param keyboard - whose keys are neither echoed nor gathered to lines; undefined leaves the terminal's input as it is
   * @param redraw - called when the screen has lost what was drawn, or its size has changed
   */
  constructor(screen: Screen, host: Pick<Host, 'hold'>, keyboard: Keyboard | undefined, redraw: () => void) {
    this.#screen = screen;
    this.#host = host;
    this.#keyboard = keyboard;
    this.#redraw = redraw;
  }

  get size(): Size {
    const { columns, rows } = this.#screen.out;
    return { columns: columns || USUAL_SIZE.columns, rows: rows || USUAL_SIZE.rows };
  }

  enter(): void {
    this.#hold = this.#host.hold(
      () => this.#hide(),
      () => {
        this.#show();
        this.#redraw();
      },
    );
    this.#screen.out.on?.('resize', this.#redraw);
    this.#show();
  }

  leave(): void {
    this.#screen.out.off?.('resize', this.#redraw);
    this.#hold?.end();
    this.#hide();
  }

  /** Stops this job, as Ctrl-Z does. */
  stop(): void {
    this.#hold?.stop();
  }

  /** Draws lines that fit the screen, unless it has been left. */
  draw(lines: readonly string[]): void {
    if (!this.#isShown) return;
    // After a line that fills its row the cursor stands on the last character, and clearing would take that.
    const rest = lines.length < this.size.rows ? `\r\n${CLEAR_BELOW}` : '';
    this.#screen.out.write(HOME + lines.map((line) => CLEAR_LINE_END + line).join('\r\n') + rest);
  }

  #show(): void {
    // A shell that continues the program has set the terminal as it likes, and a mode that is set already is not set again.
    this.#keyboard?.setRawMode?.(false);
    this.#keyboard?.setRawMode?.(true);
    if (!this.#isShown) this.#screen.out.write(this.#keyboard ? ENTER + MARK_PASTES : ENTER);
    this.#isShown = true;
  }

  #hide(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#screen.out.write(this.#keyboard ? MARK_NO_PASTES + LEAVE : LEAVE);
    this.#keyboard?.setRawMode?.(false);
  }
}
