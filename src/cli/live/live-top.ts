/** The interactive `top`: reads keys and Redis, and draws what they make of the state. */

import { emitKeypressEvents, type Interface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pause, unlessAborted } from '../../read/abort';
import { lineMatcher } from '../../read/matching-lines';
import type { TopArguments } from '../arguments/invocation';
import { SectionReader } from '../commands/top-sections';
import { reasonText } from '../errors';
import type { Host } from '../host';
import type { Store } from '../redis/connect';
import { FullScreen } from '../terminal/full-screen';
import type { Screen } from '../terminal/screen';
import { createStyle } from '../terminal/style';
import { timeText } from '../terminal/time';
import { renderFrame } from './frame';
import { press } from './keys';
import type { Look } from './look';
import { withoutReports } from './reports';
import { isAnswer, readSnapshot } from './rows';
import { firstState, resize, type State, withSnapshot } from './state';

/** Time between two readings, unless asked for. */
const SECONDS = 2;
/** Readings take at most one part in so many of the time. */
const READING_SHARE = 5;
/** How long the keyboard may take to go on after an escape, which then is a key of its own. */
const ESCAPE_MS = 50;

/** What `node:readline` tells of a key. */
interface Keypress {
  readonly name?: string;
  readonly ctrl: boolean;
}

/**
 * Lets people look around until they quit.
 * @throws the error of the first reading
 */
export async function liveTop(args: TopArguments, store: Store, screen: Screen, host: Host): Promise<void> {
  await new LiveTop(args, store, screen, host).run();
}

class LiveTop {
  readonly #args: TopArguments;
  readonly #store: Store;
  readonly #sections: SectionReader;
  readonly #host: Host;
  readonly #full: FullScreen;
  readonly #look: Look;
  readonly #ended = new AbortController();
  /** Ends the wait for the next reading. */
  #wait = new AbortController();
  #state: State;
  /** The draw that is due. */
  #drawing: NodeJS.Immediate | undefined;

  constructor(args: TopArguments, store: Store, screen: Screen, host: Host) {
    this.#args = args;
    this.#store = store;
    this.#sections = new SectionReader(store.reader);
    this.#host = host;
    this.#look = { style: screen.style, plain: createStyle(false), marks: screen.marks };
    this.#full = new FullScreen(screen, host, host.stdin, () => this.#set(resize(this.#state, this.#full.size)));
    const sort = args.sort === 'count' ? 'count' : 'urgency';
    this.#state = firstState({ window: args.window, groupBy: args.groupBy }, sort, this.#full.size);
  }

  async run(): Promise<void> {
    const { stdin, interrupted } = this.#host;
    const signal = interrupted();
    const end = (): void => this.#ended.abort();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) return;
    const typed = new PassThrough();
    emitKeypressEvents(typed, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
    typed.on('keypress', (text: string | undefined, key: Keypress) => this.#onKey(text, key));
    const onInput = (chunk: Buffer | string): void => void typed.write(withoutReports(chunk));
    stdin.on('data', onInput);
    // A terminal that hangs up ends its input.
    for (const event of ['end', 'error', 'close']) stdin.on(event, end);
    this.#full.enter();
    stdin.resume();
    try {
      this.#draw();
      await this.#refresh();
    } finally {
      stdin.off('data', onInput);
      stdin.pause();
      this.#full.leave();
    }
  }

  /** Reads again and again. */
  async #refresh(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const began = performance.now();
      if (!this.#state.isPaused || this.#isDue()) await unlessAborted(this.#read(), signal);
      const tookMs = performance.now() - began;
      this.#wait = new AbortController();
      const ms = Math.max((this.#args.watchSeconds ?? SECONDS) * 1000, READING_SHARE * tookMs);
      if (!this.#isDue()) await unlessAborted(pause(ms, this.#wait.signal), signal);
      this.#wait.abort();
    }
  }

  /** Whether another question was asked than that of the last reading. */
  #isDue(): boolean {
    const { snapshot, question, trouble } = this.#state;
    return trouble === '' && !(snapshot && isAnswer(snapshot, question));
  }

  async #read(): Promise<void> {
    try {
      const snapshot = await readSnapshot(this.#sections, this.#args, this.#state.question);
      if (this.#state.isPaused && !this.#isDue()) return;
      this.#set(withSnapshot(this.#state, snapshot));
      await this.#readLines();
    } catch (error) {
      if (!this.#state.snapshot) throw error;
      const since = timeText(this.#state.snapshot.readAt);
      this.#set({ ...this.#state, trouble: `nothing newer than ${since}: ${reasonText(error)}` });
    }
  }

  /** Reads the latest lines of the message that is looked at. */
  async #readLines(): Promise<void> {
    const { opened } = this.#state;
    if (!opened) return;
    const matches = lineMatcher(opened.keys ?? [opened.message]);
    const lines = (await this.#store.reader.recent(opened.name, opened.severity)).filter(matches);
    if (this.#state.opened?.id === opened.id) this.#set({ ...this.#state, lines });
  }

  #onKey(text: string | undefined, { name, ctrl }: Keypress): void {
    if (ctrl && name === 'z') return this.#full.stop();
    // How far a text can be scrolled is known once it is drawn.
    if (this.#drawing && this.#state.view !== 'list') this.#draw();
    const before = this.#state;
    this.#set(press(before, { name, text, ctrl }));
    const { question, isPaused, opened, hasEnded } = this.#state;
    if (question !== before.question || isPaused !== before.isPaused) this.#wait.abort();
    if (opened && opened.id !== before.opened?.id) void this.#readLines().catch(() => undefined);
    if (hasEnded) this.#ended.abort();
  }

  /** Keys that come at once are drawn at once. */
  #set(state: State): void {
    this.#state = state;
    if (!state.hasEnded) this.#drawing ??= setImmediate(() => this.#draw());
  }

  #draw(): void {
    clearImmediate(this.#drawing);
    this.#drawing = undefined;
    const { lines, scroll } = renderFrame(this.#state, this.#look);
    this.#state = { ...this.#state, scroll };
    this.#full.draw(lines);
  }
}
