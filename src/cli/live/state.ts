/** What the interactive `top` shows, and how readings and the size of the terminal change it, without I/O. */

import type { RecentLine } from '../../read/lines';
import { lastingKey } from '../../read/message-change';
import type { Size } from '../terminal/full-screen';
import { byCount, byLastSeen, byUrgency, type Question, type Snapshot, type TopRow } from './rows';

/** By what the list is sorted. */
export type Sort = 'urgency' | 'count' | 'last seen';

/** All that the screen depends on. */
export interface State {
  /** What was last read; undefined until something was. */
  readonly snapshot: Snapshot | undefined;
  /** What is to be read next. */
  readonly question: Question;
  readonly view: 'list' | 'message' | 'help';
  readonly sort: Sort;
  readonly filter: string;
  /** Whether keys are letters of the filter. */
  readonly isTyping: boolean;
  /** Whether pasted text is arriving. */
  readonly isPasting: boolean;
  /** Whether the list stays as it is. */
  readonly isPaused: boolean;
  /** Rows that pass the filter, sorted. */
  readonly shown: readonly TopRow[];
  /** The selected row, and the first one in sight, as indices of `shown`. */
  readonly selected: number;
  readonly first: number;
  /** The row whose message is looked at, as it was last read. */
  readonly opened: TopRow | undefined;
  /** The latest lines of that message, newest first; undefined until they are read. */
  readonly lines: readonly RecentLine[] | undefined;
  /** The first line in sight of a view that is no list. */
  readonly scroll: number;
  /** Why nothing newer is shown; empty if nothing is wrong. */
  readonly trouble: string;
  readonly size: Size;
  readonly hasEnded: boolean;
}

/** The state before anything was read. */
export function firstState(question: Question, sort: Sort, size: Size): State {
  return {
    snapshot: undefined,
    question,
    view: 'list',
    sort,
    filter: '',
    isTyping: false,
    isPasting: false,
    isPaused: false,
    shown: [],
    selected: 0,
    first: 0,
    opened: undefined,
    lines: undefined,
    scroll: 0,
    trouble: '',
    size,
    hasEnded: false,
  };
}

/** Rows of the screen that the list has, without what stands above and below. */
export function listRows({ rows }: Size): number {
  return Math.max(1, rows - ABOVE_LIST - (hasFooter(rows) ? FOOTER : 0));
}

/** The title and the headings. */
const ABOVE_LIST = 3;
/** The selected message, and the keys. */
const FOOTER = 4;
const FOOTER_MIN_ROWS = 12;

/** Whether there is room for what stands below the list. */
export function hasFooter(rows: number): boolean {
  return rows >= FOOTER_MIN_ROWS;
}

/** Takes in a reading. A selected row stays selected; the first one stays the first, whichever it is. */
export function withSnapshot(state: State, snapshot: Snapshot): State {
  const opened = findAgain(state.opened, snapshot.rows) ?? state.opened;
  return arrange({ ...state, snapshot, opened, trouble: '' });
}

/** The row as it is now: by its identity, or by a key that it shares, since patterns grow together. */
function findAgain(row: TopRow | undefined, rows: readonly TopRow[]): TopRow | undefined {
  if (!row) return undefined;
  const isSame = ({ name, severity, keys = [] }: TopRow): boolean =>
    name === row.name && severity === row.severity && keys.includes(lastingKey(row));
  return rows.find(({ id }) => id === row.id) ?? rows.find(isSame);
}

/** Sorts and filters anew. */
export function arrange(state: State): State {
  const id = state.selected > 0 ? state.shown[state.selected]?.id : undefined;
  const shown = sorted(state.snapshot?.rows ?? [], state.sort).filter(matcher(state.filter));
  const found = id === undefined ? 0 : shown.findIndex((row) => row.id === id);
  return select({ ...state, shown }, found < 0 ? state.selected : found);
}

/** Selects the row nearest to an index, and scrolls as little as that needs. */
export function select(state: State, index: number): State {
  const rows = listRows(state.size);
  const selected = clamp(index, state.shown.length - 1);
  const lastFirst = Math.min(selected, Math.max(0, state.shown.length - rows));
  return { ...state, selected, first: Math.max(Math.min(state.first, lastFirst), selected - rows + 1) };
}

export function resize(state: State, size: Size): State {
  return select({ ...state, size }, state.selected);
}

/** From 0 to the greatest, which may be less. */
export function clamp(index: number, most: number): number {
  return Math.max(0, Math.min(index, most));
}

function sorted(rows: readonly TopRow[], sort: Sort): readonly TopRow[] {
  return rows.toSorted(sort === 'urgency' ? byUrgency : sort === 'count' ? byCount : byLastSeen);
}

/** Whether a row has all words of the filter in its logger, severity, status or message, in any case. */
function matcher(filter: string): (row: TopRow) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return ({ name, severity, status, message }) => {
    const text = `${name} ${severity} ${status} ${message}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
