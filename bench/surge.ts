/** npm run bench:surge: simulates how often a status or an alarm is a false one, and how often and how soon a surge is found. */

import { Random } from '../__tests__/chaos/random';
import { compareMessages } from '../src/read/changes';
import { hourCounts, type Memory } from '../src/read/memory';
import type { ChangeStatus } from '../src/read/surge';
import { printDelays, printReturns, printWeek } from './lib/alarm-week';
import { printMinuteWindows } from './lib/minute-windows';
import { type Given, parseNames, parseNumber, runProgram } from './lib/options';
import { normal, poisson } from './lib/random';

/*
 * Compares the status with two simpler scores: a plain ratio, and the z-score of two Poisson counts after a square root
 * (Gu et al., Testing the Ratio of Two Poisson Rates, 2008).
 *
 * The counts of both hours are Poisson numbers. From one hour to the next the rate of a wobbling or surging message
 * varies by a log-normal factor with a standard deviation of 30 %, as rates do when the load varies.
 */

const HOUR_MS = 3_600_000;
const MESSAGES = 10_000;
/** Rare messages, and surges, are soon simulated. */
const [RARE_FACTOR, DELAY_FACTOR] = [100, 25];
const RATES = [3, 10, 100, 1000, 10_000];
/** With 1, the next hour would have begun. */
const FRACTIONS = [0.1, 0.25, 0.5, 0.999];
const WOBBLE = 0.3;
/** From this rate on, chance alone hardly makes a count vary. */
const BUSY = 100;

/** Messages that are simulated alike. */
interface Kind {
  readonly title: string;
  /** By which the rate changes from one hour to the next. */
  readonly factor: number;
  /** Standard deviation of the logarithm of that factor. */
  readonly wobble: number;
}

const KINDS: readonly Kind[] = [
  { title: 'Steady messages: false alarms', factor: 1, wobble: 0 },
  { title: 'Messages whose rate wobbles by 30 %: false alarms', factor: 1, wobble: WOBBLE },
  { title: 'Messages that surge to 3 times their rate: surges found', factor: 3, wobble: WOBBLE },
  { title: 'Messages that surge to 10 times their rate: surges found', factor: 10, wobble: WOBBLE },
];

/** Counts of a message, in this hour so far and in the whole hour before. */
interface Counts {
  readonly count: number;
  readonly previous: number;
}

/** Shares of messages that have changed, according to each score. */
interface Shares {
  /** Expected messages in the hour before. */
  readonly rate: number;
  /** Elapsed share of this hour. */
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

async function simulate(random: Random, { factor, wobble }: Kind, rate: number, elapsed: number): Promise<Shares> {
  const messages = Array.from({ length: MESSAGES }, (): Counts => {
    const mean = elapsed * rate * factor * Math.exp(wobble * normal(random));
    return { count: poisson(random, mean), previous: poisson(random, rate) };
  });
  // An hour has no count for a message that was not logged in it.
  const pick = (of: keyof Counts) =>
    messages.map((counts, i) => [`message ${i}`, counts[of]] as const).filter(([, count]) => count > 0);
  const known = { first: 0, lastHour: 0, isCertain: true };
  const memory: Memory = {
    now: HOUR_MS * (1 + elapsed),
    ...hourCounts(pick('count'), pick('previous')),
    seen: new Map(messages.map((_, i) => [`message ${i}`, known])),
    seenSince: 0,
    isBorn: false,
    minutes: new Map(),
    since: undefined,
    pulses: new Map(),
    pulsesSince: undefined,
    hasSamples: false,
  };
  const changes = await compareMessages(memory, { hasBaseline: true, loggerSince: 0 });
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
  console.log(`\n${title}, % of messages`);
  console.table(
    rows.map(({ rate, elapsed, surging, isNew, fading, ratio, z }) => ({
      'rate, per hour': rate,
      'elapsed share of the hour': elapsed,
      surging: percent(surging),
      new: percent(isNew),
      fading: percent(fading),
      'ratio ≥ 2': percent(ratio),
      'z ≥ 3': percent(z),
    })),
  );
}

function printHighest(rows: readonly Shares[]): void {
  const highest = (score: 'surging' | 'ratio' | 'z', from: number): string =>
    percent(Math.max(...rows.filter(({ rate }) => rate >= from).map((row) => row[score])));
  console.log('\nHighest share of false alarms for wobbling messages, %');
  console.table(
    [0, BUSY].map((from) => ({
      'rate, per hour': `${from} or more`,
      surging: highest('surging', from),
      'ratio ≥ 2': highest('ratio', from),
      'z ≥ 3': highest('z', from),
    })),
  );
}

async function printStatuses(random: Random): Promise<void> {
  for (const kind of KINDS) {
    const rows: Shares[] = [];
    for (const rate of RATES) for (const elapsed of FRACTIONS) rows.push(await simulate(random, kind, rate, elapsed));
    print(kind.title, rows);
    if (kind.factor === 1 && kind.wobble > 0) printHighest(rows);
  }
  await printMinuteWindows(random);
}

const PARTS: Readonly<Record<string, (random: Random, messages: number) => Promise<void>>> = {
  status: printStatuses,
  week: printWeek,
  rare: (random, messages) => printReturns(random, RARE_FACTOR * messages),
  delays: (random, messages) => printDelays(random, DELAY_FACTOR * messages),
};

const OPTIONS = {
  part: { value: 'a,b', meaning: `of ${Object.keys(PARTS).join(', ')} or all; all by default` },
  messages: {
    value: 'n',
    meaning: 'messages of each kind in a week, a hundred times as many that are rare; 20 by default',
  },
  seed: { value: 'n', meaning: 'the same for the same results; 1 by default' },
};

async function run(options: Given<keyof typeof OPTIONS>): Promise<void> {
  const messages = parseNumber(options.messages, 'messages', 20, 1);
  const seed = parseNumber(options.seed, 'seed', 1);
  for (const part of parseNames(options.part, 'part', Object.keys(PARTS)))
    await PARTS[part]?.(new Random(seed), messages);
}

void runProgram('npm run bench:surge', OPTIONS, run);
