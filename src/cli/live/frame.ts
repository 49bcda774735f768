/** Renders the interactive `top`: a state as the lines of the screen, without I/O. */

import { fit } from '../terminal/text';
import { renderHelp } from './help-view';
import { renderList, windowText } from './list-view';
import type { Look } from './look';
import { renderMessage } from './message-view';
import { clamp, type State } from './state';

/** What is to be drawn. */
export interface Frame {
  readonly lines: readonly string[];
  /** The first line in sight of a view that is no list, which may be less than asked for. */
  readonly scroll: number;
}

export function renderFrame(state: State, look: Look): Frame {
  if (state.view === 'list') return { lines: renderList(state, look), scroll: 0 };
  const { columns, rows } = state.size;
  const body = state.view === 'help' ? renderHelp(state) : renderMessage(state, look);
  const height = Math.max(1, rows - 1);
  const scroll = clamp(state.scroll, Math.max(0, body.length - height));
  const shown = body.slice(scroll, scroll + height);
  const below = body.length - scroll - shown.length;
  return { lines: [...shown, look.style.dim(fit(statusText(state, below), columns))].slice(-rows), scroll };
}

function statusText({ question, isPaused, trouble }: State, below: number): string {
  const parts = [
    trouble,
    'Esc back',
    below > 0 ? `PageDown: ${below} more ${below === 1 ? 'line' : 'lines'}` : '',
    isPaused ? 'PAUSED' : '',
    windowText(question.window),
    '? help',
  ];
  return parts.filter(Boolean).join(' · ');
}
