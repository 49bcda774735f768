/** The help of the interactive `top`. */

import { flow } from '../terminal/text';
import type { State } from './state';

const KEYS = [
  ['up, down, j, k', 'select a row'],
  ['PageUp, PageDown, Home, End', 'go through the list'],
  ['Enter', 'its minutes, when it was seen, a line of it with the stack'],
  ['Esc, q', 'back'],
  ['/', 'filter by words in logger, severity, status or message; Esc ends it'],
  ['s', 'sort by urgency, by count, or by when it was last seen'],
  ['g', 'group messages that differ in values only, or show each'],
  ['1, 2, 3', 'the last 5 minutes, the last 15 minutes, this hour'],
  ['space', 'pause, and go on'],
  ['q, Ctrl-C', 'quit'],
] as const;

const MEANINGS = [
  'NEW: not seen within a week; in this hour, what began within 60 minutes. RETURNED: not seen for a day. SURGING from twice what is expected, FADING to half of it.',
  'CHANGE is what was logged, divided by what the time before predicts; ten is added to both, so that small counts make no news.',
  'Urgency: what came up before what went away, then the gravest severity, then the largest change.',
];

export function renderHelp({ size: { columns } }: State): string[] {
  const width = Math.max(...KEYS.map(([keys]) => keys.length));
  // Where there is no room for two columns, the keys are the beginning of their sentence.
  const first = (keys: string): string[] => (columns < 2 * width ? `${keys}:`.split(' ') : [`${keys.padEnd(width)} `]);
  const lines = KEYS.flatMap(([keys, what]) => flow([...first(keys), ...what.split(' ')], ' ', columns));
  const meanings = MEANINGS.flatMap((text) => ['', ...flow(text.split(' '), ' ', columns)]);
  return [...lines, ...meanings];
}
