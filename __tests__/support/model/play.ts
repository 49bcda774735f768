/** Plays sequences of steps, chosen or random, to the model and to the write side. */

import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Workspace } from '../workspace';
import { setHour } from './clock';
import { Model } from './model';
import { OUTCOMES, type Outcome } from './outcomes';
import {
  allow,
  arrive,
  compare,
  end,
  flood,
  flush,
  hours,
  index,
  type LogCall,
  log,
  lose,
  next,
  refuse,
  type Step,
  skew,
  wait,
} from './steps';
import type { Limits } from './stored-destination';
import { Subject } from './subject';

type Redis = Workspace['redis'];

/** Since the epoch, by the clock of the server. */
async function serverHour(redis: Redis): Promise<number> {
  const [seconds] = (await redis.sendCommand(['TIME'])) as unknown as [string];
  return Math.floor(Number(seconds) / 3600);
}

let sequences = 0;

/** Runs a sequence beside a model and compares the two after each step, and at the end without faults. */
export async function play(workspace: Workspace, limits: Partial<Limits>, steps: Iterable<Step>): Promise<void> {
  // The deadline of each command would take as long as the command itself.
  const redis = workspace.redis.withCommandOptions({ timeout: 0 });
  const all = { recentLimit: 100, commonLimit: 10_000, maxPending: 10_000, ...limits };
  const hour = await serverHour(redis);
  const model = new Model(all);
  const subject = new Subject(redis, workspace.key(`${++sequences}:`), hour, all);
  jest.clearAllTimers();
  setHour(0);
  try {
    await fc.asyncModelRun(() => ({ model, real: subject }), steps as Iterable<fc.AsyncCommand<Model, Subject>>);
    await end().run(model, subject);
    await compare(model, subject, model.destinations);
  } catch (error) {
    // If the hour of the server turned meanwhile, Redis was right to rotate what the model kept.
    if ((await serverHour(redis)) === hour) throw error;
  } finally {
    await subject.close(model.destinations);
  }
}

const destinations = fc.constantFrom('app:info', 'app:info', 'app:error', 'db:info');
const messages = fc.option(fc.constantFrom('a', 'b', 'c', 'd', '<other>'), { nil: undefined });
const calls = fc.tuple(destinations, messages, fc.boolean()) as fc.Arbitrary<LogCall>;
/** Outcomes after which Redis and the writer know different things come more often. */
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

/** Runs `numRuns` random sequences. A failure shows the shortest one that fails, with its seed and path. */
export async function playMany(workspace: Workspace, numRuns: number, { hasFloods = false } = {}): Promise<void> {
  const commands = steps(hasFloods).flatMap(({ weight, arbitrary }) => Array.from({ length: weight }, () => arbitrary));
  const sequences = fc.commands<Model, Subject>(commands, { maxCommands: 25, size: 'max' });
  const property = fc.asyncProperty(limits, sequences, (some, sequence) =>
    play(workspace, some, sequence as Iterable<Step>),
  );
  // fast-check would take the seed from the clock, which stands still.
  await fc.assert(property, { numRuns, seed: randomInt(2 ** 31) });
}
