import type { SeverityChanges } from '../../read/reader';
import { type ChangeStatus, type MessageChange, surgeScore } from '../../read/surge';
import { OTHER } from '../../redis/keys';
import { compareSeverities, GRAVEST_FIRST } from '../../severity';

/** Messages shown as new or surging, and as fading, of all severities; and the least of each that has so many. */
const RISING = 40;
const FADING = 10;
const LEAST = 4;
/** Messages shown as the most frequent. */
const FREQUENT = 10;
/** As long as less of the hour has passed, the hour before counts as well. */
const YOUNG = 1 / 6;

/** Log calls of this hour and of the hour before. */
export type CountPair = Pick<MessageChange, 'count' | 'previous'>;

/** A message that is new, surging or fading. */
export interface NotableChange extends MessageChange {
  readonly severity: string;
  readonly score: number;
  readonly status: Exclude<ChangeStatus, 'steady'>;
}

/** How many messages are new, surging and fading, shown or not. */
export type StatusCounts = Readonly<Record<NotableChange['status'], number>>;

/** A message that is often logged. */
export interface FrequentMessage {
  readonly severity: string;
  readonly message: string;
  /** This hour. */
  readonly count: number;
  /** In the whole hour before. */
  readonly previous: number;
  /** Of all log calls of this hour of the severities that are shown, from 0 to 1. */
  readonly share: number;
}

/** The five, and others that there are. */
export function listSeverities(others: Iterable<string>): string[] {
  return [...new Set([...GRAVEST_FIRST, ...others])].sort(compareSeverities);
}

/** What is notable, of all that was logged. */
export interface Notable {
  /** What is new or surging, then what is fading; in both the gravest first, and in each severity the most surprising. */
  readonly shown: NotableChange[];
  readonly counts: StatusCounts;
  /** Messages of which that cannot be told, since `<other>` may hold what would. */
  readonly undecided: number;
}

/** @param elapsed - how much of the hour has passed, from 0 to 1 */
export function notableChanges(all: readonly SeverityChanges[], elapsed: number): Notable {
  const counts = { new: 0, surging: 0, fading: 0 };
  let undecided = 0;
  const rising: NotableChange[][] = [];
  const fading: NotableChange[][] = [];
  for (const { severity, changes } of [...all].sort((a, b) => compareSeverities(a.severity, b.severity))) {
    const up: NotableChange[] = [];
    const down: NotableChange[] = [];
    for (const change of changes) {
      const { message, score: compared, status } = change;
      if (status === null && compared !== null && message !== OTHER) undecided++;
      if (status === null || status === 'steady') continue;
      counts[status]++;
      const score = surgeScore(change.count, change.previous, elapsed);
      const expected = elapsed * change.previous;
      const [list, most] = status === 'fading' ? ([down, FADING] as const) : ([up, RISING] as const);
      if (list.length < most) list.push({ ...change, severity, expected, score, status });
    }
    rising.push(up);
    fading.push(down);
  }
  return { shown: [...sharedOut(rising, RISING), ...sharedOut(fading, FADING)], counts, undecided };
}

/** The first of each list, so many in all: as many of each as there are, or as the others leave it. */
function sharedOut<Item>(lists: readonly (readonly Item[])[], most: number): Item[] {
  const shares = new Map<readonly Item[], number>();
  let left = most;
  [...lists]
    .sort((a, b) => a.length - b.length)
    .forEach((list, i) => {
      const share = Math.min(list.length, Math.max(LEAST, Math.floor(left / (lists.length - i))));
      shares.set(list, share);
      left -= share;
    });
  return lists.flatMap((list) => list.slice(0, shares.get(list)));
}

/** By this hour's count; while the hour is young, by an estimate of the last sixty minutes. */
export function frequentMessages(
  all: readonly SeverityChanges[],
  elapsed: number,
  sort: 'current' | 'previous',
): FrequentMessage[] {
  const rest = isYoung(elapsed) ? 1 - elapsed : 0;
  const top: { readonly weight: number; readonly severity: string; readonly change: MessageChange }[] = [];
  let total = 0;
  for (const { severity, changes } of [...all].sort((a, b) => compareSeverities(a.severity, b.severity))) {
    for (const change of changes) {
      total += change.count;
      const weight = sort === 'previous' ? change.previous : change.count + rest * change.previous;
      // Thousands of messages, of which ten are wanted.
      if (weight <= (top[FREQUENT - 1]?.weight ?? 0)) continue;
      const at = top.findIndex((other) => other.weight < weight);
      top.splice(at < 0 ? top.length : at, 0, { weight, severity, change });
      top.length = Math.min(top.length, FREQUENT);
    }
  }
  return top.map(({ severity, change: { message, count, previous } }) => {
    return { severity, message, count, previous, share: total > 0 ? count / total : 0 };
  });
}

export function isYoung(elapsed: number): boolean {
  return elapsed < YOUNG;
}

/** Log calls of this hour of messages that are too rare to be counted one by one. */
export function foldedCount(all: readonly SeverityChanges[]): number {
  return all.reduce((total, { changes }) => total + (changes.find(({ message }) => message === OTHER)?.count ?? 0), 0);
}

/** The sums of the counts of both hours. */
export function sumCounts(all: readonly CountPair[]): CountPair {
  let [count, previous] = [0, 0];
  for (const each of all) {
    count += each.count;
    previous += each.previous;
  }
  return { count, previous };
}
