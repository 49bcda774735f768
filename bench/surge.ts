import { Random } from '../__tests__/chaos/random';
import { type ChangeStatus, compareMessages } from '../src/read/surge';
import { normal, poisson } from './lib/random';

/**
 * How often a message is said to surge that does, and that does not: by its status, by a plain ratio and by the z-score of
 * two Poisson counts after the square root (Gu et al., Testing the Ratio of Two Poisson Rates, 2008).
 *
 * The counts of both hours are Poisson numbers. From one hour to the next the rate of a wobbling message, and of a surging
 * one, varies by a log-normal factor of 30 %, as rates do where load does.
 */

const SEED = 1;
const MESSAGES = 10_000;
const RATES = [3, 10, 100, 1000, 10_000];
const FRACTIONS = [0.1, 0.25, 0.5, 1];
const WOBBLE = 0.3;
/** From here on, chance alone hardly makes a count vary. */
const BUSY = 100;

interface Kind {
  readonly title: string;
  readonly factor: number;
  readonly wobble: number;
}

const KINDS: readonly Kind[] = [
  { title: 'Steady: every share is of false alarms', factor: 1, wobble: 0 },
  { title: 'Wobbling by 30 %: every share is of false alarms', factor: 1, wobble: WOBBLE },
  { title: 'Surging to 3 times as many: shares found', factor: 3, wobble: WOBBLE },
  { title: 'Surging to 10 times as many: shares found', factor: 10, wobble: WOBBLE },
];

/** A message's counts of this hour so far and of the whole hour before. */
interface Counts {
  readonly count: number;
  readonly previous: number;
}

/** Shares of messages that each way of looking at them says have changed. */
interface Shares {
  readonly rate: number;
  readonly elapsed: number;
  readonly surging: number;
  readonly isNew: number;
  readonly fading: number;
  readonly ratio: number;
  readonly z: number;
}

function isTwice({ count, previous }: Counts, elapsed: number): boolean {
  return count > 0 && count >= 2 * elapsed * previous;
}

function isSignificant({ count, previous }: Counts, elapsed: number): boolean {
  const difference = Math.sqrt(count + 3 / 8) - Math.sqrt(elapsed * (previous + 3 / 8));
  return (2 * difference) / Math.sqrt(1 + elapsed) >= 3;
}

function simulate(random: Random, { factor, wobble }: Kind, rate: number, elapsed: number): Shares {
  const messages = Array.from({ length: MESSAGES }, (): Counts => {
    const mean = elapsed * rate * factor * Math.exp(wobble * normal(random));
    return { count: poisson(random, mean), previous: poisson(random, rate) };
  });
  // A message that was not logged in an hour is not among its counts.
  const pick = (of: keyof Counts) =>
    messages.map((counts, i) => [`message ${i}`, counts[of]] as const).filter(([, count]) => count > 0);
  const changes = compareMessages(
    { start: new Date(0), elapsed, current: pick('count'), previous: pick('previous') },
    false,
  );
  const share = (status: ChangeStatus): number =>
    changes.filter((change) => change.status === status).length / MESSAGES;
  return {
    rate,
    elapsed,
    surging: share('surging'),
    isNew: share('new'),
    fading: share('fading'),
    ratio: messages.filter((counts) => isTwice(counts, elapsed)).length / MESSAGES,
    z: messages.filter((counts) => isSignificant(counts, elapsed)).length / MESSAGES,
  };
}

const percent = (share: number): string => (100 * share).toFixed(1);

function print(title: string, rows: readonly Shares[]): void {
  console.log(`\n${title}, in %`);
  console.table(
    rows.map(({ rate, elapsed, surging, isNew, fading, ratio, z }) => ({
      'an hour': rate,
      elapsed,
      surging: percent(surging),
      new: percent(isNew),
      fading: percent(fading),
      'ratio ≥ 2': percent(ratio),
      'z ≥ 3': percent(z),
    })),
  );
}

function printMost(rows: readonly Shares[]): void {
  const most = (of: 'surging' | 'ratio' | 'z', from: number): string =>
    percent(Math.max(...rows.filter(({ rate }) => rate >= from).map((row) => row[of])));
  console.log('\nMost false alarms of a wobbling message, in %');
  console.table(
    [0, BUSY].map((from) => ({
      'an hour': `${from} or more`,
      surging: most('surging', from),
      'ratio ≥ 2': most('ratio', from),
      'z ≥ 3': most('z', from),
    })),
  );
}

function main(): void {
  const random = new Random(SEED);
  for (const kind of KINDS) {
    const rows = RATES.flatMap((rate) => FRACTIONS.map((elapsed) => simulate(random, kind, rate, elapsed)));
    print(kind.title, rows);
    if (kind.factor === 1 && kind.wobble > 0) printMost(rows);
  }
}

main();
