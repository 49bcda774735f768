/** The steps of a sequence: each happens to the model and to the write side, which then have to agree. */

import { isDeepStrictEqual } from 'node:util';
import type fc from 'fast-check';
import { formatHour, setClocks } from './clock';
import { HOUR, type ModelClocks } from './clocks';
import type { Model } from './model';
import { type Outcome, toFate } from './outcomes';
import type { Subject } from './subject';

/** Longest wait before a failed batch is tried again. */
const LONGEST_WAIT_MS = 30_000;

/** A step that is printed by its name. */
export class Step implements fc.AsyncCommand<Model, Subject> {
  readonly #name: string;
  readonly act: (model: Model, subject: Subject) => Promise<void> | void;

  constructor(name: string, act: (model: Model, subject: Subject) => Promise<void> | void) {
    this.#name = name;
    this.act = act;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, subject: Subject): Promise<void> {
    await this.act(model, subject);
    await subject.settle();
    await compare(model, subject, model.takeChanged());
  }

  toString(): string {
    return this.#name;
  }
}

/** A step that only decides what comes next, so that there is nothing to compare. */
class Plan extends Step {
  override async run(model: Model, subject: Subject): Promise<void> {
    await this.act(model, subject);
  }
}

/** Compares the counters, and all that is kept of destinations. */
export async function compare(model: Model, subject: Subject, destinations: readonly string[]): Promise<void> {
  expectSame(subject.stats, model.stats);
  model.comparisons += 1 + destinations.length;
  if (destinations.length === 0) return;
  const stored = await subject.read(destinations);
  const pairs = destinations.map((destination, i) => [destination, stored[i]]);
  const expected = destinations.map((destination) => [destination, model.stored(destination, formatHour)]);
  expected.forEach(([, state], i) => {
    if (!model.isCrowded(destinations[i] as string)) return;
    forgiveForgotten(stored[i]?.pulses as Pulses, (state as { pulses: Pulses }).pulses);
    for (const each of [stored[i], state]) forgetCertainty((each as { seen: Record<string, Certainty> }).seen);
  });
  expectSame(Object.fromEntries(pairs), Object.fromEntries(expected));
}

type Pulses = Record<string, string>;

/**
 * The minutes of two thousand messages are kept: which are among them is up to chance once more than half as many are. Of those
 * that are, none may be wrong.
 */
function forgiveForgotten(found: Pulses, expected: Pulses): void {
  for (const message of Object.keys({ ...found, ...expected })) {
    const [kept, model] = [found[message], expected[message]].map((text) => text?.split(' '));
    if (kept && model) {
      const isKnown = (_: string, i: number): boolean => kept[i] !== '-' && model[i] !== '-';
      found[message] = kept.filter(isKnown).join(' ');
      expected[message] = model.filter(isKnown).join(' ');
    } else {
      delete found[message];
      delete expected[message];
    }
  }
}

interface Certainty {
  isCertain?: boolean;
}

/** Whose minutes are kept is not new. */
function forgetCertainty(seen: Record<string, Certainty>): void {
  for (const [message, { isCertain: _, ...rest }] of Object.entries(seen)) seen[message] = rest;
}

/** `expect` takes far longer to find that nothing differs. */
function expectSame(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
}

/** A log call. Without a message, it has a new one. */
export type LogCall = readonly [destination: string, message?: string | undefined, isCounted?: boolean];

/** Log calls in the same turn of the event loop. */
export function log(...calls: readonly LogCall[]): Step {
  const printed = calls.map(([destination, message = 'new', isCounted = true]) => {
    return `${destination} ${message}${isCounted ? '' : ' uncounted'}`;
  });
  return new Step(`log(${printed.join(', ')})`, (model, subject) => {
    const time = new Date().toISOString();
    const numbered = calls.map(([destination, message, isCounted = true], i) => {
      const id = model.logged + i + 1;
      return { destination, message: message ?? `new ${id}`, isCounted, id };
    });
    for (const { destination, ...call } of numbered) subject.log(destination, { level: 'info', ...call });
    model.log(
      numbered.map(({ destination, message, ...metadata }) => {
        const line = `${time} ${message} ${JSON.stringify(metadata)}`;
        return [destination, { message, line, ...metadata }] as const;
      }),
    );
  });
}

/** More new messages at once than one batch takes. */
export function flood(destination: string, count: number): Step {
  const { act } = log(...Array.from({ length: count }, () => [destination] as const));
  return new Step(`flood(${destination} ${count})`, act);
}

/** A flush that has the time for one try of all pending log calls. */
export const flush = (): Step =>
  new Step('flush()', async (model, subject) => {
    model.tryAll();
    expect(await subject.flush()).toBe(model.pending);
  });

/** Waits until each failed batch is tried again. */
export const wait = (): Step =>
  new Step('wait()', (model) => {
    model.clocks.pass(LONGEST_WAIT_MS / 1000);
    model.tryAll();
    jest.advanceTimersByTime(LONGEST_WAIT_MS);
    setClocks(model.clocks);
  });

/** Decides the next tries of a destination. */
export const next = (destination: string, ...outcomes: readonly Outcome[]): Step =>
  new Plan(`next(${destination} ${outcomes.join(', ')})`, (model, subject) => {
    model.foresee(destination, outcomes.map(toFate));
    subject.foresee(destination, outcomes);
  });

/** Decides all tries of a destination until it is allowed. */
export const refuse = (destination: string, outcome: Outcome): Step =>
  new Plan(`refuse(${destination} ${outcome})`, (model, subject) => {
    model.refuse(destination, toFate(outcome));
    subject.connection.refusals.set(subject.key(destination), outcome);
  });

export const allow = (destination: string): Step =>
  new Plan(`allow(${destination})`, (model, subject) => {
    model.allow(destination);
    subject.connection.refusals.delete(subject.key(destination));
  });

/** Overtaken calls reach Redis. */
export const arrive = (destination: string): Step =>
  new Step(`arrive(${destination})`, async (model, subject) => {
    model.arrive(destination);
    await subject.arrive(destination);
  });

/** Redis loses what it holds of a destination. */
export const lose = (destination: string): Step =>
  new Step(`lose(${destination})`, async (model, subject) => {
    model.lose(destination);
    await subject.lose(destination);
  });

/** Another writer logs messages. */
export const elsewhere = (destination: string, ...messages: readonly string[]): Step =>
  new Step(`elsewhere(${destination} ${messages.join(', ')})`, async (model, subject) => {
    model.logElsewhere(destination, messages);
    await subject.logElsewhere(destination, messages);
  });

/** Minutes pass by all clocks. */
export const minutes = (count: number): Step =>
  new Step(`minutes(${count})`, async ({ clocks }) => {
    clocks.pass(60 * count);
    setClocks(clocks);
  });

/** Moves clocks by hours. The clock of the server never shows an hour before the first of the sequence. */
function moveClocks(name: string, by: number, move: (clocks: ModelClocks, seconds: number) => void): Step {
  return new Step(`${name}(${by})`, (model) => {
    move(model.clocks, Math.max(by, -model.clocks.hour) * HOUR);
    setClocks(model.clocks);
  });
}

/** Hours pass by all clocks; or those that can be set are set back. */
export const hours = (count: number): Step =>
  moveClocks('hours', count, (clocks, seconds) => {
    if (seconds >= 0) return clocks.pass(seconds);
    const ahead = clocks.wall - clocks.server;
    clocks.setServer(seconds);
    clocks.setWall(ahead);
  });

/** The machine of the process is suspended for so many hours. */
export const suspend = (count: number): Step =>
  moveClocks('suspend', count, (clocks, seconds) => clocks.stand(seconds));

/** The clock of the server alone is set, by so many hours. */
export const setServer = (count: number): Step =>
  moveClocks('setServer', count, (clocks, seconds) => clocks.setServer(seconds));

/** The clock of the process is set, to so many seconds after that of the server. */
export const setWall = (seconds: number): Step =>
  new Plan(`setWall(${seconds})`, ({ clocks }) => {
    clocks.setWall(seconds);
    setClocks(clocks);
  });

/** Whether the index of destinations can be written to. */
export const index = (isUp: boolean): Step =>
  new Plan(`index(${isUp})`, (_, { connection }) => {
    connection.isIndexUp = isUp;
  });

/** All faults are over, overtaken calls have arrived, and each destination is written to once more. */
export const end = (): Step =>
  new Step('end()', async (model, subject) => {
    model.forgetFates();
    subject.connection.outcomes.clear();
    subject.connection.refusals.clear();
    for (const destination of model.destinations) {
      model.arrive(destination);
      await subject.arrive(destination);
    }
    await log(...model.destinations.map((destination) => [destination] as const)).act(model, subject);
    await subject.settle();
    model.tryAll();
    expect([await subject.flush(), model.pending]).toEqual([0, 0]);
  });
