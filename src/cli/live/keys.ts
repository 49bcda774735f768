/** What keys do in the interactive `top`, without I/O. */

import { arrange, clamp, listRows, type Sort, type State, select } from './state';

/** A key, as `node:readline` tells it. */
export interface Key {
  readonly name?: string | undefined;
  /** The text that it types; undefined for a key such as an arrow. */
  readonly text: string | undefined;
  readonly ctrl: boolean;
}

type Press = (state: State) => State;

const NEXT_SORT: Readonly<Record<Sort, Sort>> = { urgency: 'count', count: 'last seen', 'last seen': 'urgency' };

/** What may stand in a filter: what can be seen, the joiners in words and emoji, and for any blank a space. */
const TEXT = /^(?:[^\p{C}\p{Z}]|[\u200c\u200d])+$/u;
const BLANK = /^\p{Zs}$/u;

/** In every view. */
const EVERYWHERE: Readonly<Record<string, Press>> = {
  '1': (state) => ask(state, { window: { minutes: 5 } }),
  '2': (state) => ask(state, { window: { minutes: 15 } }),
  '3': (state) => ask(state, { window: 'current' }),
  space: (state) => ({ ...state, isPaused: !state.isPaused }),
  '?': (state) => ({ ...state, view: 'help', scroll: 0 }),
};

const LIST: Readonly<Record<string, Press>> = {
  ...EVERYWHERE,
  up: (state) => select(state, state.selected - 1),
  down: (state) => select(state, state.selected + 1),
  pageup: (state) => select(state, state.selected - listRows(state.size)),
  pagedown: (state) => select(state, state.selected + listRows(state.size)),
  home: (state) => select(state, 0),
  end: (state) => select(state, state.shown.length - 1),
  return: open,
  right: open,
  s: (state) => toTop(arrange({ ...state, sort: NEXT_SORT[state.sort] })),
  g: (state) => ask(state, { groupBy: state.question.groupBy === 'pattern' ? 'message' : 'pattern' }),
  '/': (state) => ({ ...state, isTyping: true }),
  escape: (state) => arrange({ ...state, filter: '' }),
  q: (state) => ({ ...state, hasEnded: true }),
};

/** In a view that is no list. */
const TEXT_VIEW: Readonly<Record<string, Press>> = {
  ...EVERYWHERE,
  up: (state) => scrollBy(state, -1),
  down: (state) => scrollBy(state, 1),
  pageup: (state) => scrollBy(state, 1 - state.size.rows),
  pagedown: (state) => scrollBy(state, state.size.rows - 1),
  home: (state) => ({ ...state, scroll: 0 }),
  end: (state) => ({ ...state, scroll: Number.MAX_SAFE_INTEGER }),
  ...Object.fromEntries(['escape', 'q', 'left', 'return', 'backspace'].map((key) => [key, close])),
};

const BINDINGS = { list: LIST, message: TEXT_VIEW, help: { ...TEXT_VIEW, '?': close } };

const ALIASES: Readonly<Record<string, string>> = { k: 'up', j: 'down', enter: 'return' };

/** The state after a key. Keys that mean nothing change nothing. */
export function press(state: State, key: Key): State {
  if (key.ctrl && key.name === 'c') return { ...state, hasEnded: true };
  if (key.name === 'paste-start') return { ...state, isPasting: true };
  if (key.name === 'paste-end') return { ...state, isPasting: false };
  if (state.isTyping) return type(state, key);
  // What was pasted by mistake is no command.
  if (state.isPasting || key.ctrl) return state;
  const name = key.name ?? key.text ?? '';
  const bindings = BINDINGS[state.view] as Readonly<Record<string, Press>>;
  const action = ALIASES[name] ?? name;
  return Object.hasOwn(bindings, action) ? (bindings[action] as Press)(state) : state;
}

function type(state: State, { name, text, ctrl }: Key): State {
  const { filter } = state;
  if (state.isPasting) return text === undefined ? state : filterBy(state, filter + (TEXT.test(text) ? text : ' '));
  if (name === 'return' || name === 'enter') return { ...state, isTyping: false };
  if (name === 'escape') return filterBy({ ...state, isTyping: false }, '');
  if (name === 'backspace') return filterBy(state, Array.from(filter).slice(0, -1).join(''));
  if (ctrl && name === 'u') return filterBy(state, '');
  if (name === 'up' || name === 'down') return select(state, state.selected + (name === 'up' ? -1 : 1));
  if (text === undefined || !(TEXT.test(text) || BLANK.test(text))) return state;
  return filterBy(state, filter + text.replace(BLANK, ' '));
}

function filterBy(state: State, filter: string): State {
  return filter === state.filter ? state : toTop(arrange({ ...state, filter }));
}

function ask(state: State, part: Partial<State['question']>): State {
  return { ...state, question: { ...state.question, ...part }, trouble: '' };
}

function toTop(state: State): State {
  return select({ ...state, first: 0 }, 0);
}

function open(state: State): State {
  const opened = state.shown[state.selected];
  return opened ? { ...state, view: 'message', opened, lines: undefined, scroll: 0 } : state;
}

/** Back to the list, or from the help to the message that was looked at. */
function close(state: State): State {
  const isBack = state.view === 'help' && state.opened !== undefined;
  return { ...state, view: isBack ? 'message' : 'list', opened: isBack ? state.opened : undefined, scroll: 0 };
}

/** The renderer knows how many lines there are, so it limits this again. */
function scrollBy(state: State, lines: number): State {
  return { ...state, scroll: clamp(state.scroll + lines, Number.MAX_SAFE_INTEGER) };
}
