/** `top --watch`: shows frames until interrupted. */

import { errorMessage } from '../../errors';
import { pause, unlessAborted } from '../../read/abort';
import type { Host } from '../host';
import type { Screen } from '../terminal/screen';
import { flow, visible } from '../terminal/text';

/** Alternate screen, no cursor, no line wrap. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The frames to show. */
export interface Watched {
  /** Reads the lines of the next frame. */
  frame(): Promise<string[]>;
  readonly seconds: number;
  /** Whether the lines are JSON for a program. */
  readonly isJson: boolean;
  /** The name of the Redis, for people. */
  readonly label: string;
}

/**
 * Shows frames until interrupted: in place on a terminal, one after the other elsewhere and as JSON. If a later frame fails,
 * the last one stays, with a note.
 * @throws the error of the first frame
 */
export async function watch(watched: Watched, screen: Screen, host: Host): Promise<void> {
  const signal = host.interrupted();
  const first = await unlessAborted(screen.during(`reading from ${watched.label}`, watched.frame()), signal);
  if (!first) return;
  if (!screen.hasEscapes || watched.isJson) await append(first, watched, screen, signal);
  else await redraw(first, watched, screen, { signal, onStop: host.onStop });
}

async function append(first: string[], watched: Watched, screen: Screen, signal: AbortSignal): Promise<void> {
  let lines: string[] | undefined = first;
  let isFailing = false;
  while (!signal.aborted) {
    if (lines) screen.print(watched.isJson ? lines : [new Date().toISOString(), ...lines, '']);
    await pause(watched.seconds * 1000, signal);
    try {
      lines = await unlessAborted(watched.frame(), signal);
      isFailing = false;
    } catch (error) {
      lines = undefined;
      if (!isFailing) screen.note(`nothing new from ${watched.label}: ${errorMessage(error)}`);
      isFailing = true;
    }
  }
}

async function redraw(
  first: string[],
  watched: Watched,
  screen: Screen,
  { signal, onStop }: Pick<Host, 'onStop'> & { readonly signal: AbortSignal },
): Promise<void> {
  const { style, out } = screen;
  let lines = first;
  let at = timeText();
  let trouble = '';
  const show = (): void => {
    const { columns } = screen;
    const about = flow([at, `every ${watched.seconds} s`, 'Ctrl-C ends', visible(watched.label)], ' · ', columns);
    const troubles = trouble === '' ? [''] : flow(visible(trouble).split(' '), ' ', columns);
    draw([...about.map(style.dim), ...troubles.map(style.red), ...lines], screen);
  };
  const enter = (): unknown => out.write(ENTER);
  const leave = (): unknown => out.write(LEAVE);
  const stops = onStop(leave, () => {
    enter();
    show();
  });
  enter();
  try {
    while (!signal.aborted) {
      show();
      await pauseUntilResized(watched.seconds, screen, signal);
      try {
        lines = (await unlessAborted(watched.frame(), signal)) ?? lines;
        at = timeText();
        trouble = '';
      } catch (error) {
        trouble = `nothing newer than ${at}: ${errorMessage(error)}`;
      }
    }
  } finally {
    stops.end();
    leave();
  }
}

function draw(lines: readonly string[], { out, style }: Screen): void {
  const rows = out.rows || Infinity;
  const more = lines.length - rows;
  const shown = more > 0 ? [...lines.slice(0, rows - 1), style.dim(`… ${more + 1} more lines`)] : lines;
  out.write(HOME + shown.map((line) => CLEAR_LINE_END + line).join('\r\n') + CLEAR_BELOW);
}

/** Ends early if the terminal is resized or the program interrupted. */
async function pauseUntilResized(seconds: number, { out }: Screen, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  out.on?.('resize', end);
  await unlessAborted(pause(seconds * 1000, over.signal), signal);
  out.off?.('resize', end);
  end();
}

function timeText(): string {
  return new Date().toTimeString().slice(0, 8);
}
