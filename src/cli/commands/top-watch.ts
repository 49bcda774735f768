/** `top --watch`: shows frames until interrupted. */

import { pause, unlessAborted } from '../../read/abort';
import { reasonText } from '../errors';
import type { Host } from '../host';
import { FullScreen } from '../terminal/full-screen';
import type { Screen } from '../terminal/screen';
import { flow, visible } from '../terminal/text';
import { dateTimeText, timeText, zoneText } from '../terminal/time';

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
  else await redraw(first, watched, screen, { signal, hold: host.hold });
}

async function append(first: string[], watched: Watched, screen: Screen, signal: AbortSignal): Promise<void> {
  let lines: string[] | undefined = first;
  let isFailing = false;
  while (!signal.aborted) {
    if (lines) screen.print(watched.isJson ? lines : [dateTimeText(new Date()), ...lines, '']);
    await pause(watched.seconds * 1000, signal);
    try {
      lines = await unlessAborted(watched.frame(), signal);
      isFailing = false;
    } catch (error) {
      lines = undefined;
      if (!isFailing) screen.note(`nothing new from ${watched.label}: ${reasonText(error)}`);
      isFailing = true;
    }
  }
}

async function redraw(
  first: string[],
  watched: Watched,
  screen: Screen,
  { signal, hold }: Pick<Host, 'hold'> & { readonly signal: AbortSignal },
): Promise<void> {
  let lines = first;
  let at = timeText(new Date());
  let trouble = '';
  let wait = new AbortController();
  const show = (): void => {
    const all = [...headLines(at, trouble, watched, screen), ...lines];
    const more = all.length - full.size.rows;
    full.draw(more > 0 ? [...all.slice(0, -more - 1), screen.style.dim(`… ${more + 1} more lines`)] : all);
  };
  // Tables are made for the width that the terminal has when they are read.
  const full = new FullScreen(screen, { hold }, undefined, () => {
    show();
    wait.abort();
  });
  full.enter();
  try {
    while (!signal.aborted) {
      show();
      wait = new AbortController();
      await unlessAborted(pause(watched.seconds * 1000, wait.signal), signal);
      wait.abort();
      try {
        lines = (await unlessAborted(watched.frame(), signal)) ?? lines;
        at = timeText(new Date());
        trouble = '';
      } catch (error) {
        trouble = `nothing newer than ${at}: ${reasonText(error)}`;
      }
    }
  } finally {
    full.leave();
  }
}

function headLines(at: string, trouble: string, { seconds, label }: Watched, { columns, style }: Screen): string[] {
  const about = flow(
    [`${at} ${zoneText(new Date())}`, `every ${seconds} s`, 'Ctrl-C ends', visible(label)],
    ' · ',
    columns,
  );
  const troubles = trouble === '' ? [''] : flow(visible(trouble).split(' '), ' ', columns);
  return [...about.map(style.dim), ...troubles.map(style.red)];
}
