/** Plays sequences of steps, chosen or random, to the model and to the write side. */

import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Workspace } from '../workspace';
import { setClocks } from './clock';
import { Model } from './model';
import { OUTCOMES, type Outcome } from './outcomes';
import {
  allow,
  arrive,
  compare,
  elsewhere,
  end,
  flood,
  flush,
  hours,
  index,
  type LogCall,
  log,
  lose,
  minutes,
  next,
  refuse,
  type Step,
  setServer,
  setWall,
  suspend,
  wait,
} from './steps';
import type { Limits } from './stored-destination';
import { Subject } from './subject';

let sequences = 0;

/**
 * Runs a sequence beside a model and compares the two after each step, and at the end without faults. Gives the number of
 * comparisons.
 */
export async function play(workspace: Workspace, limits: Partial<Limits>, steps: Iterable<Step>): Promise<number> {
  // The deadline of each command would take as long as the command itself.
  const redis = workspace.redis.withCommandOptions({ timeout: 0 });
  const all = { recentLimit: 100, commonLimit: 10_000, maxPending: 10_000, ...limits };
  const model = new Model(all);
  const subject = new Subject(redis, workspace.key(`${++sequences}:`), all, model.clocks);
  jest.clearAllTimers();
  setClocks(model.clocks);
  try {
    await fc.asyncModelRun(() => ({ model, real: subject }), steps as Iterable<fc.AsyncCommand<Model, Subject>>);
    await end().run(model, subject);
    await compare(model, subject, model.destinations);
    return model.comparisons;
  } finally {
    await subject.close(model.destinations);
  }
}

const destinations = fc.constantFrom('app:info', 'app:info', 'app:error', 'db:info');
/** Those without samples: which of too many samples make room is up to Redis. */
const floodable = fc.constantFrom('app:info', 'app:info', 'db:info');
const texts = fc.constantFrom('a', 'b', 'c', 'd', '<other>');
const messages = fc.option(texts, { nil: undefined });
const calls = fc.tuple(destinations, messages, fc.boolean()) as fc.Arbitrary<LogCall>;
/** Outcomes after which Redis and the writer know different things come more often. */
const outcomes = fc.oneof(
  fc.constantFrom<Outcome>('applied', 'lost reply', 'overtaken', 'sent twice by the client'),
  fc.constantFrom(...(Object.keys(OUTCOMES) as Outcome[])),
);
const lasting = fc.constantFrom<Outcome>('no permission', 'wrong type', 'no connection');

/** By how many seconds the clock of the process may be off. */
const OFFSETS = [0, 1740, -1740, 3600, -3600, 7200, -20_000] as const;

const someMinutes = fc.constantFrom(1, 1, 2, 7, 20, 40).map(minutes);

/** The losses that a writer reports are exact if no other writes while the clock of the server is set back. */
const others = fc
  .tuple(destinations, fc.array(texts, { minLength: 1, maxLength: 4 }))
  .map(([destination, some]) => elsewhere(destination, ...some));

/** What moves clocks but for passing hours. With the first or the second alone, the writer knows the hour of each log call. */
const CLOCK_MOVES = [
  [fc.constantFrom(...OFFSETS).map(setWall), others, others, someMinutes, someMinutes, someMinutes],
  [fc.constantFrom(1, 1, 2, 5).map(suspend), others, others, someMinutes, someMinutes, someMinutes],
  [
    fc.constantFrom(...OFFSETS).map(setWall),
    fc.constantFrom(1, 1, 2, 5).map(suspend),
    fc.constantFrom(1, 1, 3, -1, -2).map(setServer),
    fc.constantFrom(-1, -2).map(hours),
  ],
] as const;

const steps = (
  hasFloods: boolean,
  moves: readonly fc.Arbitrary<Step>[],
): { arbitrary: fc.Arbitrary<Step>; weight: number }[] => [
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
  { weight: 3, arbitrary: fc.constantFrom(1, 1, 1, 2, 5, 26).map(hours) },
  { weight: 8, arbitrary: fc.oneof(...moves) },
  { weight: 1, arbitrary: fc.boolean().map(index) },
  ...(hasFloods ? [{ weight: 6, arbitrary: floodable.map((destination) => flood(destination, 1005)) }] : []),
];

const limits = fc.record({
  recentLimit: fc.constantFrom(100, 1, 2, 3),
  commonLimit: fc.constantFrom(10_000, 2, 3, 5),
  maxPending: fc.constantFrom(10_000, 1, 2, 4),
});

/**
 * Runs `numRuns` random sequences. A failure shows the shortest one that fails, with its seed and path. Gives the number of
 * comparisons.
 */
export async function playMany(workspace: Workspace, numRuns: number, { hasFloods = false } = {}): Promise<number> {
  const sequences = CLOCK_MOVES.map((moves) => {
    const commands = steps(hasFloods, moves).flatMap(({ weight, arbitrary }) =>
      Array.from({ length: weight }, () => arbitrary),
    );
    return fc.commands<Model, Subject>(commands, { maxCommands: 25, size: 'max' });
  });
  let comparisons = 0;
  const property = fc.asyncProperty(limits, fc.oneof(...sequences), async (some, sequence) => {
    comparisons += await play(workspace, some, sequence as Iterable<Step>);
  });
  // fast-check would take the seed from the clock, which stands still.
  await fc.assert(property, { numRuns, seed: randomInt(2 ** 31) });
  return comparisons;
}
