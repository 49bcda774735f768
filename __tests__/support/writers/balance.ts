/** Balances the log calls of writers against the counts in Redis and their reports. */

import { createClient } from 'redis';
import { OTHER } from '../../../src/redis/keys';
import { type Counts, type Inspector, StoredLog, sum, total } from '../redis/stored-log';
import type { FaultReport, LoggedThere } from './fault-writer';

/** The sums over all writers: the log calls, and what became of them. */
export interface Balance {
  readonly logged: number;
  /** In the windows of Redis. */
  readonly counted: number;
  readonly late: number;
  readonly lost: number;
  readonly dropped: number;
  readonly duplicates: number;
  readonly retries: number;
  /** Differences, in words. */
  readonly problems: readonly string[];
}

export interface BalanceOptions {
  readonly keyPrefix?: string;
  readonly recentLimit?: number;
  /** Counts that were taken out of the windows meanwhile. */
  readonly archived?: (there: LoggedThere) => Promise<Counts>;
  /** Whether all counts are of the last two hours, so that their minutes sum to them, whatever was lost. */
  readonly isOfTwoHours?: boolean;
}

/** One logger name and severity, as all writers logged to it. */
interface Logged extends LoggedThere {
  readonly writers: number;
}

const STATS = ['late', 'lost', 'dropped', 'other', 'pending', 'duplicates', 'retries'] as const;

/**
 * Compares what writers logged with what Redis has: each log call is counted once in a window, or reported as late, lost or
 * dropped, and the list has the newest lines, at most `recentLimit`.
 */
export async function takeBalance(
  reports: readonly FaultReport[],
  inspector: Inspector,
  { keyPrefix = '', recentLimit = 100, archived = async () => ({}), isOfTwoHours = false }: BalanceOptions = {},
): Promise<Balance> {
  const totals = Object.fromEntries(
    STATS.map((stat) => [stat, reports.reduce((all, { stats }) => all + stats[stat], 0)]),
  ) as Record<(typeof STATS)[number], number>;
  const { late, lost, dropped, other, pending, duplicates, retries } = totals;
  const isWhole = late + lost + dropped + other === 0;
  const problems: string[] = [];
  let [logged, counted] = [0, 0];
  for (const there of merge(reports.flatMap((report) => report.logged))) {
    const stored = new StoredLog(inspector, keyPrefix, there.name, there.severity);
    const counts = sum(sum(await stored.current(), await stored.last()), await archived(there));
    logged += total(there.counts);
    counted += total(counts);
    const inMinutes = isOfTwoHours ? await stored.inMinutes() : total(counts);
    const found = [
      ...problemsOfCounts(counts, there, isWhole),
      ...problemsOfLines(await stored.texts(), there, recentLimit, isWhole),
      ...(inMinutes === total(counts) ? [] : [`${inMinutes} log calls in minutes, ${total(counts)} counted`]),
      ...(isWhole && (await stored.seq()) !== total(there.counts) ? [`seq is ${await stored.seq()}`] : []),
    ];
    problems.push(...found.map((problem) => `${there.name}:${there.severity}: ${problem}`));
  }
  if (pending !== 0) problems.push(`${pending} log calls are pending`);
  const sums = counted + late + lost + dropped;
  if (sums !== logged) problems.push(`${logged} log calls were made, ${sums} are accounted for`);
  return { logged, counted, late, lost, dropped, duplicates, retries, problems };
}

/** Expects that there is no difference. */
export async function expectExact(
  reports: readonly FaultReport[],
  inspector: Inspector,
  options?: BalanceOptions,
): Promise<Balance> {
  const balance = await takeBalance(reports, inspector, options);
  expect(balance).toMatchObject({ problems: [] });
  return balance;
}

/** The same for a Redis at a URL. */
export async function expectExactAt(
  url: string,
  reports: readonly FaultReport[],
  options?: BalanceOptions,
): Promise<Balance> {
  const client = createClient({ url, RESP: 2 });
  await client.connect();
  try {
    return await expectExact(reports, client, options);
  } finally {
    client.destroy();
  }
}

function merge(all: readonly LoggedThere[]): Logged[] {
  const merged = new Map<string, Logged>();
  for (const { name, severity, counts, newest } of all) {
    const key = `${name}:${severity}`;
    const before = merged.get(key) ?? { counts: {}, newest: [], writers: 0 };
    merged.set(key, {
      name,
      severity,
      counts: sum(before.counts, counts),
      newest: [...before.newest, ...newest],
      writers: before.writers + 1,
    });
  }
  return [...merged.values()];
}

function problemsOfCounts(counts: Counts, { counts: logged }: Logged, isWhole: boolean): string[] {
  const messages = Object.keys({ ...counts, ...logged }).filter((message) => message !== OTHER);
  const isWrong = (message: string): boolean => {
    const [is, was] = [counts[message] ?? 0, logged[message] ?? 0];
    return is > was || (isWhole && is < was);
  };
  return messages.filter(isWrong).map((message) => `${message}: ${counts[message] ?? 0} of ${logged[message] ?? 0}`);
}

/** The order of lines is known only for one writer: the batches of several interleave. */
function problemsOfLines(texts: readonly string[], there: Logged, recentLimit: number, isWhole: boolean): string[] {
  if (texts.length > recentLimit) return [`${texts.length} lines`];
  if (new Set(texts).size < texts.length) return ['a line is there twice'];
  if (!isWhole) return [];
  if (texts.length < Math.min(recentLimit, total(there.counts))) return [`only ${texts.length} lines`];
  const isExpected = (text: string, i: number): boolean =>
    there.writers === 1 ? text === there.newest[i] : there.newest.includes(text);
  return texts.every(isExpected) ? [] : ['the lines are not the newest'];
}
