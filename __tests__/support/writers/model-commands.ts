import { randomInt } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { FlushError } from '../../../src/errors';
import {
  boundedLineFormatter,
  formatMessage,
  type LogInfo,
  readMessage,
  toLineText,
} from '../../../src/record/log-call';
import type { Connection } from '../../../src/redis/connection';
import { type DestinationKeys, destinationKeys, knownKey } from '../../../src/redis/keys';
import { defineScript, runScript, type Script } from '../../../src/redis/script';
import { Severities } from '../../../src/severity';
import { Flusher } from '../../../src/write/flusher';
import { IndexNotes } from '../../../src/write/index-note';
import { Lane } from '../../../src/write/lane';
import { Lanes } from '../../../src/write/lanes';
import { Outages } from '../../../src/write/outages';
import { Destination, Pending } from '../../../src/write/pending';
import { WRITE } from '../../../src/write/script';
import { Writer } from '../../../src/write/writer';
import type { Workspace } from '../workspace';
import { type Fate, type Limits, Model } from './model';

type Redis = Workspace['redis'];

const HOUR_MS = 3_600_000;
/** When each sequence begins, by the clock of the process: which hour that is has no meaning to Redis. */
const BEGINNING = Date.UTC(2026, 0, 1);
/** Longest wait before a failed batch is tried again. */
const LONGEST_WAIT_MS = 30_000;
/** Less than is waited before a failed batch is tried again. */
const FLUSH_TIMEOUT_MS = 1;

/** The clock stands still but where a sequence moves it, and so do all timers; the jitter is always the same. */
export function stopClock(): void {
  const real = ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const;
  jest.useFakeTimers({ doNotFake: [...real, 'setInterval', 'clearInterval'], now: BEGINNING });
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
}

export function resumeClock(): void {
  jest.restoreAllMocks();
  jest.useRealTimers();
}

/** What comes of one call of the script. */
const OUTCOMES = {
  applied: { runs: 1 },
  'sent twice by the client': { runs: 2 },
  'unknown script': { runs: 1 },
  'lost reply': { runs: 1, error: 'Socket closed unexpectedly' },
  overtaken: { runs: 1, isLate: true, error: 'no answer from Redis within 10000 ms' },
  'no connection': { runs: 0, error: 'connect ECONNREFUSED 127.0.0.1:6379' },
  reset: { runs: 0, error: 'read ECONNRESET' },
  loading: { runs: 0, error: 'LOADING Redis is loading the dataset in memory' },
  busy: { runs: 0, error: 'BUSY Redis is busy running a script' },
  'read only': { runs: 0, error: "READONLY You can't write against a read only replica." },
  'out of memory': { runs: 0, error: "OOM command not allowed when used memory > 'maxmemory'." },
  'no permission': { runs: 0, error: "NOPERM User writer has no permissions to run the 'evalsha' command" },
  'wrong type': { runs: 0, error: 'WRONGTYPE recent:app:info holds a string, expected a list' },
} satisfies Record<string, { runs: number; isLate?: boolean; error?: string }>;
export type Outcome = keyof typeof OUTCOMES;

function fateOf(outcome: Outcome): Fate {
  const { runs, isLate, error }: { runs: number; isLate?: boolean; error?: string } = OUTCOMES[outcome];
  return { runs, isLate: isLate ?? false, fails: error !== undefined, isOfDestination: outcome === 'wrong type' };
}

/** A connection on which every call ends as the sequence says. */
class FaultyConnection implements Connection {
  expectReplies = () => () => undefined;
  readonly isCluster = false;
  readonly heldMs = 0;
  /** By how many hours the clock of the server would be ahead, if it could be moved. */
  hour = 0;
  isIndexUp = true;
  isEnded = false;
  readonly underWay = new Set<Promise<unknown>>();
  /** By the first key of a destination. */
  readonly outcomes = new Map<string, Outcome[]>();
  readonly refusals = new Map<string, Outcome>();
  readonly overtaken = new Map<string, (() => Promise<unknown>)[]>();
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  run(script: Script, keys: string[], args: string[]): Promise<unknown> {
    // What a failed sequence left behind is to do nothing more.
    if (this.isEnded) return new Promise(() => undefined);
    const call = script === WRITE ? this.#write(keys, args) : this.#note(script, keys, args);
    this.underWay.add(call);
    return call.finally(() => this.underWay.delete(call));
  }

  acquire(): void {}

  release(): void {
    this.isEnded = true;
  }

  async #write(keys: string[], args: string[]): Promise<unknown> {
    const [key = ''] = keys;
    const outcome = this.refusals.get(key) ?? this.outcomes.get(key)?.shift() ?? 'applied';
    const { runs, isLate, error }: { runs: number; isLate?: boolean; error?: string } = OUTCOMES[outcome];
    const run = (): Promise<unknown> => runScript(this.#runner(outcome), WRITE, keys, args);
    if (isLate) this.overtaken.set(key, [...(this.overtaken.get(key) ?? []), run]);
    let reply: unknown;
    for (let i = 0; i < runs && !isLate; i++) reply = await run();
    if (error) throw new Error(error);
    return this.#inMovedHours(reply);
  }

  async #note(script: Script, keys: string[], args: string[]): Promise<unknown> {
    if (!this.isIndexUp) throw new Error('connect ECONNREFUSED 127.0.0.1:6379');
    return runScript(this.#redis, script, keys, args);
  }

  #runner(outcome: Outcome): Parameters<typeof runScript>[0] {
    if (outcome !== 'unknown script') return this.#redis;
    const evalSha = async (): Promise<never> => {
      throw new Error('NOSCRIPT No matching script. Please use EVAL.');
    };
    return { evalSha, eval: (source, options) => this.#redis.eval(source, options) };
  }

  #inMovedHours(reply: unknown): unknown {
    const [applied, previous, total, start, pstart, ...rest] = reply as unknown[];
    return [applied, previous, total, moved(start, this.hour), moved(pstart, this.hour), ...rest];
  }
}

/** An hour as `:start` holds it, so many hours later. */
function moved(hour: unknown, by: number): string {
  return hour === '' ? '' : hourText(Date.parse(`${String(hour)}Z`) / HOUR_MS + by);
}

function hourText(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString().slice(0, 19);
}

/** All that is stored of destinations, in one round trip. */
const READ = defineScript(/* lua */ `
local found = {}
for i = 1, #KEYS, 7 do
  found[#found + 1] = {
    redis.call('LRANGE', KEYS[i], 0, -1), redis.call('GET', KEYS[i + 1]),
    redis.call('ZRANGE', KEYS[i + 2], 0, -1, 'WITHSCORES'), redis.call('GET', KEYS[i + 3]),
    redis.call('ZRANGE', KEYS[i + 4], 0, -1, 'WITHSCORES'), redis.call('GET', KEYS[i + 5]),
    redis.call('HVALS', KEYS[i + 6])
  }
end
return found
`);

/** Makes the windows of destinations and the batches of their writers older: ARGV are pairs of an hour and another for it. */
const RELABEL = defineScript(/* lua */ `
local other = {}
for i = 1, #ARGV, 2 do other[ARGV[i]] = ARGV[i + 1] end
for i = 1, #KEYS, 7 do
  for _, key in ipairs({ KEYS[i + 3], KEYS[i + 5] }) do
    local hour = redis.call('GET', key)
    if hour then redis.call('SET', key, other[hour]) end
  end
  local known = redis.call('HGETALL', KEYS[i + 6])
  for n = 1, #known, 2 do
    local number, hour, rest = string.match(known[n + 1], '^(%d+) (%S+) (.+)$')
    redis.call('HSET', KEYS[i + 6], known[n], number .. ' ' .. other[hour] .. ' ' .. rest)
  end
end
`);

type Found = [string[], string | null, string[], string | null, string[], string | null, string[]];

const countsOf = (members: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (let i = 0; i < members.length; i += 2) counts[members[i] as string] = Number(members[i + 1]);
  return counts;
};

/** The write side of a transport, put together as the transport does, on a connection with faults. */
export class Subject {
  readonly connection: FaultyConnection;
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #serverHour: number;
  /** The newest hour of the model that the server had. */
  #newestHour = 0;
  readonly #pending: Pending;
  readonly #lanes: Lanes;
  readonly #flusher: Flusher;
  readonly #heard = new Map<string, number[]>();

  /** @param serverHour - since the epoch */
  constructor(redis: Redis, prefix: string, serverHour: number, limits: Limits) {
    const { recentLimit, commonLimit, maxPending } = limits;
    this.#redis = redis;
    this.#prefix = prefix;
    this.#serverHour = serverHour;
    this.connection = new FaultyConnection(redis);
    const settings = { prefix, hashTag: false, recentLimit, commonLimit, ttlSeconds: 0 };
    const formats = { formatLine: boundedLineFormatter('iso'), formatMessage };
    this.#pending = new Pending({ recentLimit, maxPending, ...formats });
    const outages = new Outages(() => undefined);
    this.#flusher = new Flusher(this.#pending, outages, {
      lingerMs: 0,
      onWritten: ({ name, severity, infos }) => this.#hear(`${name}:${severity}`, infos),
      onRest: () => undefined,
      onWarning: () => undefined,
      expectReplies: () => () => undefined,
    });
    const notes = new IndexNotes(this.connection, outages);
    const openLane = (name: string, severity: string): Lane => {
      const writer = new Writer(this.connection, settings);
      return new Lane(new Destination(name, severity), writer, notes.open(name, severity, settings), this.#flusher);
    };
    this.#lanes = new Lanes(openLane, new Severities({}), settings);
  }

  log(destination: string, info: LogInfo): void {
    const [name = '', severity = ''] = destination.split(':');
    const { isCounted } = info;
    const message = readMessage(info);
    const lane = this.#lanes.find(name, severity);
    lane.add(Date.now(), isCounted ? message : undefined, toLineText(info, message, false), info);
  }

  /** Until all that was begun waits for the clock or for nothing. */
  async settle(): Promise<void> {
    const { underWay } = this.connection;
    do {
      await Promise.allSettled(underWay);
      // A reply can begin the next batch a turn of the event loop later, or two.
      for (let turns = 0; turns < 4; turns++) await turn();
    } while (underWay.size > 0);
  }

  /** A flush that has the time for one try of everything. Gives the log calls that it says are left. */
  async flush(): Promise<number> {
    const flushed = this.#flusher.flush(FLUSH_TIMEOUT_MS).then(
      () => 0,
      (error: unknown) => (error instanceof FlushError ? error.pending : Number.NaN),
    );
    await this.settle();
    jest.advanceTimersByTime(FLUSH_TIMEOUT_MS);
    return flushed;
  }

  /** Hours pass by the clock of the server. */
  async turnHours(destinations: readonly string[], hours: number): Promise<void> {
    const labels: string[] = [];
    // A batch may have waited while both clocks went from one end of their range to the other.
    for (let hour = -this.#newestHour - 2; hour <= this.#newestHour; hour++) {
      labels.push(this.label(hour), hourText(this.#serverHour + hour - this.connection.hour - hours));
    }
    this.connection.hour += hours;
    this.#newestHour = Math.max(this.#newestHour, this.connection.hour);
    if (destinations.length > 0) await runScript(this.#redis, RELABEL, this.#keysOf(destinations), labels);
  }

  /** How Redis labels an hour of the model by now. */
  label(hour: number): string {
    return hourText(this.#serverHour + hour - this.connection.hour);
  }

  key(destination: string): string {
    return this.#named(destination).recent;
  }

  foresee(destination: string, outcomes: readonly Outcome[]): void {
    const key = this.key(destination);
    this.connection.outcomes.set(key, [...(this.connection.outcomes.get(key) ?? []), ...outcomes]);
  }

  async lose(destination: string): Promise<void> {
    this.connection.overtaken.delete(this.key(destination));
    await this.#redis.unlink(this.#keysOf([destination]));
  }

  async arrive(destination: string): Promise<void> {
    const calls = this.connection.overtaken.get(this.key(destination)) ?? [];
    this.connection.overtaken.delete(this.key(destination));
    for (const call of calls) await call();
  }

  get stats(): Record<string, number | boolean> {
    const stats = this.#flusher.stats;
    return { ...stats, other: this.#pending.other, logged: stats.written + stats.pending };
  }

  /** What is stored of destinations. */
  async read(destinations: readonly string[]): Promise<Record<string, unknown>[]> {
    const found = (await runScript(this.#redis, READ, this.#keysOf(destinations), [])) as Found[];
    return found.map(([recent, seq, common, start, last, pstart, writers], i) => ({
      recent,
      seq: Number(seq),
      common: countsOf(common),
      last: countsOf(last),
      start,
      pstart,
      writers: writers.map((entry) => entry.slice(entry.indexOf(' ') + 1)),
      heard: this.#heard.get(destinations[i] as string) ?? [],
    }));
  }

  async close(destinations: readonly string[]): Promise<void> {
    this.connection.release();
    await this.#redis.unlink([knownKey(this.#keySpace), ...this.#keysOf(destinations)]);
  }

  get #keySpace(): { prefix: string; hashTag: boolean } {
    return { prefix: this.#prefix, hashTag: false };
  }

  #named(destination: string): DestinationKeys {
    const [name = '', severity = ''] = destination.split(':');
    return destinationKeys(this.#keySpace, name, severity);
  }

  #keysOf(destinations: readonly string[]): string[] {
    return destinations.flatMap((destination) => {
      const { recent, seq, common, start, last, pstart, writers } = this.#named(destination);
      return [recent, seq, common, start, last, pstart, writers];
    });
  }

  #hear(destination: string, infos: readonly LogInfo[]): void {
    const heard = this.#heard.get(destination) ?? [];
    this.#heard.set(destination, heard);
    heard.push(...infos.map(({ id }) => Number(id)));
  }
}

/** One command of a sequence: what it does to both, and how it is printed. */
class Step implements fc.AsyncCommand<Model, Subject> {
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

/** A command that only says what is to come. */
class Plan extends Step {
  override async run(model: Model, subject: Subject): Promise<void> {
    await this.act(model, subject);
  }
}

async function compare(model: Model, subject: Subject, destinations: readonly string[]): Promise<void> {
  expectSame(subject.stats, model.stats);
  if (destinations.length === 0) return;
  const stored = await subject.read(destinations);
  const pairs = destinations.map((destination, i) => [destination, stored[i]]);
  const expected = destinations.map((destination) => [
    destination,
    model.stored(destination, (hour) => subject.label(hour)),
  ]);
  expectSame(Object.fromEntries(pairs), Object.fromEntries(expected));
}

/** `expect` looks for more than is needed where nothing differs. */
function expectSame(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
}

/** A log call: to which destination, of which message, undefined for a new one, and whether it is counted. */
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

/** A flush that lasts as long as one try of all that waits. */
export const flush = (): Step =>
  new Step('flush()', async (model, subject) => {
    model.tryAll();
    expect(await subject.flush()).toBe(model.pending);
  });

/** As long as the longest wait before a failed batch is tried again. */
export const wait = (): Step =>
  new Step('wait()', (model) => {
    model.tryAll();
    jest.advanceTimersByTime(LONGEST_WAIT_MS);
  });

/** What comes of the next tries of a destination. */
export const next = (destination: string, ...outcomes: readonly Outcome[]): Step =>
  new Plan(`next(${destination} ${outcomes.join(', ')})`, (model, subject) => {
    model.foresee(destination, outcomes.map(fateOf));
    subject.foresee(destination, outcomes);
  });

/** What comes of all tries of a destination until it is allowed. */
export const refuse = (destination: string, outcome: Outcome): Step =>
  new Plan(`refuse(${destination} ${outcome})`, (model, subject) => {
    model.refuse(destination, fateOf(outcome));
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

/** Hours pass by both clocks, or both are set back, at most to the first hour of the sequence. */
export const hours = (count: number): Step =>
  new Step(`hours(${count})`, async (model, subject) => {
    const passed = Math.max(count, -model.hour);
    model.hour += passed;
    jest.setSystemTime(BEGINNING + (model.hour + model.skew) * HOUR_MS);
    await subject.turnHours(model.destinations, passed);
  });

/** The clock of the process is set: to so many hours before or after that of the server. */
export const skew = (count: -1 | 0 | 1): Step =>
  new Plan(`skew(${count})`, (model) => {
    model.skew = count;
    jest.setSystemTime(BEGINNING + (model.hour + model.skew) * HOUR_MS);
  });

/** Whether the index of destinations can be written to. */
export const index = (isUp: boolean): Step =>
  new Plan(`index(${isUp})`, (_, { connection }) => {
    connection.isIndexUp = isUp;
  });

/** All faults are over, overtaken calls have arrived, and each destination is written to once more. */
const end = (): Step =>
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

/** Since the epoch, by the clock of the server. */
async function serverHour(redis: Redis): Promise<number> {
  const [seconds] = (await redis.sendCommand(['TIME'])) as unknown as [string];
  return Math.floor(Number(seconds) / 3600);
}

let sequences = 0;

/** Runs a sequence beside a model and compares the two after each of its commands, and at the end without faults. */
export async function play(workspace: Workspace, limits: Partial<Limits>, steps: Iterable<Step>): Promise<void> {
  // The deadline of each command would take as long as the command itself.
  const redis = workspace.redis.withCommandOptions({ timeout: 0 });
  const all = { recentLimit: 100, commonLimit: 10_000, maxPending: 10_000, ...limits };
  const hour = await serverHour(redis);
  const model = new Model(all);
  const subject = new Subject(redis, workspace.key(`${++sequences}:`), hour, all);
  jest.clearAllTimers();
  jest.setSystemTime(BEGINNING);
  try {
    await fc.asyncModelRun(() => ({ model, real: subject }), steps as Iterable<fc.AsyncCommand<Model, Subject>>);
    await end().run(model, subject);
    await compare(model, subject, model.destinations);
  } catch (error) {
    // Where the hour of the server turned meanwhile, Redis was right to rotate what the model kept.
    if ((await serverHour(redis)) === hour) throw error;
  } finally {
    await subject.close(model.destinations);
  }
}

const destinations = fc.constantFrom('app:info', 'app:info', 'app:error', 'db:info');
const messages = fc.option(fc.constantFrom('a', 'b', 'c', 'd', '<other>'), { nil: undefined });
const calls = fc.tuple(destinations, messages, fc.boolean()) as fc.Arbitrary<LogCall>;
/** Those after which Redis and the writer know different things come more often. */
const outcomes = fc.oneof(
  fc.constantFrom<Outcome>('applied', 'lost reply', 'overtaken', 'sent twice by the client'),
  fc.constantFrom(...(Object.keys(OUTCOMES) as Outcome[])),
);
const lasting = fc.constantFrom<Outcome>('no permission', 'wrong type', 'no connection');

const steps = (hasFloods: boolean): { arbitrary: fc.Arbitrary<Step>; weight: number }[] => [
  { weight: 8, arbitrary: fc.array(calls, { minLength: 1, maxLength: 8 }).map((some) => log(...some)) },
  { weight: 5, arbitrary: fc.constant(flush()) },
  { weight: 2, arbitrary: fc.constant(wait()) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(destinations, fc.array(outcomes, { minLength: 1, maxLength: 5 }))
      .map(([destination, some]) => next(destination, ...some)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(destinations, lasting).map(([destination, outcome]) => refuse(destination, outcome)),
  },
  { weight: 1, arbitrary: destinations.map(allow) },
  { weight: 1, arbitrary: destinations.map(arrive) },
  { weight: 1, arbitrary: destinations.map(lose) },
  { weight: 4, arbitrary: fc.constantFrom(1, 1, 1, 1, 1, 2, 2, 5, -1, -2).map(hours) },
  { weight: 1, arbitrary: fc.constantFrom(-1 as const, 0 as const, 1 as const).map(skew) },
  { weight: 1, arbitrary: fc.boolean().map(index) },
  ...(hasFloods ? [{ weight: 6, arbitrary: destinations.map((destination) => flood(destination, 1005)) }] : []),
];

const limits = fc.record({
  recentLimit: fc.constantFrom(100, 1, 2, 3),
  commonLimit: fc.constantFrom(10_000, 2, 3, 5),
  maxPending: fc.constantFrom(10_000, 1, 2, 4),
});

/** Runs so many sequences at random. On a failure, says which was the shortest, and the seed and path of it. */
export async function playMany(workspace: Workspace, numRuns: number, { hasFloods = false } = {}): Promise<void> {
  const commands = steps(hasFloods).flatMap(({ weight, arbitrary }) => Array.from({ length: weight }, () => arbitrary));
  const sequences = fc.commands<Model, Subject>(commands, { maxCommands: 25, size: 'max' });
  const property = fc.asyncProperty(limits, sequences, (some, sequence) =>
    play(workspace, some, sequence as Iterable<Step>),
  );
  // fast-check would take the seed from the clock, which stands still.
  await fc.assert(property, { numRuns, seed: randomInt(2 ** 31) });
}
