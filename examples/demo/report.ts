/** Prints the counts and lines that Redis has, and compares them with the log calls that were made. */

import type { MessageCount, RecentCommonReader, TransportStats } from 'winston-redis-recent-common';
import type { LoadResult } from './load';

const MAX_MESSAGES = 5;
const NEWEST_LINES = 3;

/** A finished run of the demo. */
export interface Run {
  readonly name: string;
  readonly load: LoadResult;
  /** Log calls by severity, as counted by the service itself. */
  readonly calls: ReadonlyMap<string, number>;
  readonly stats: TransportStats;
}

/** Prints the data that Redis has of a run. Returns whether its counts are exactly the log calls that were made. */
export async function report(reader: RecentCommonReader, { name, load, calls, stats }: Run): Promise<boolean> {
  const counts = new Map<string, MessageCount[]>();
  for (const severity of calls.keys()) counts.set(severity, await readCounts(reader, name, severity));
  printCommon(counts);
  await printRecent(reader, name, [...calls.keys()]);
  printNumbers(load, stats);
  return printComparison(load, calls, counts);
}

/** All counts of a run, of both hours, since the hour may have turned meanwhile. */
async function readCounts(reader: RecentCommonReader, name: string, severity: string): Promise<MessageCount[]> {
  const current = await reader.common(name, severity);
  const previous = await reader.common(name, severity, { window: 'previous' });
  // The hour turned between the two reads, so both are of the same hour.
  if (current.start.getTime() === previous.start.getTime()) return readCounts(reader, name, severity);
  const sums = new Map<string, number>();
  for (const { message, count } of [...current.messages, ...previous.messages]) {
    sums.set(message, (sums.get(message) ?? 0) + count);
  }
  return [...sums].map(([message, count]) => ({ message, count })).sort((a, b) => b.count - a.count);
}

function printCommon(counts: ReadonlyMap<string, readonly MessageCount[]>): void {
  const rows = [...counts].flatMap(([severity, messages]) =>
    messages.slice(0, MAX_MESSAGES).map(({ message, count }) => [severity, count, message]),
  );
  print('Most common messages, read back from Redis', [['severity', 'count', 'message'], ...rows]);
}

async function printRecent(reader: RecentCommonReader, name: string, severities: readonly string[]): Promise<void> {
  const rows: Cell[][] = [['severity', 'number', 'time', 'line']];
  for (const severity of severities) {
    for (const { seq, time, message } of await reader.recent(name, severity, { limit: NEWEST_LINES })) {
      rows.push([severity, seq, time.toLocaleTimeString('en-GB'), message]);
    }
  }
  print('Newest lines, read back from Redis', rows);
}

function printNumbers({ requests, ms, statuses }: LoadResult, stats: TransportStats): void {
  const byStatus = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => [`status ${status}`, count]);
  print('Requests', [['served', requests], ['per second', Math.round((requests * 1000) / ms)], ...byStatus]);
  print(
    'transport.stats()',
    Object.entries(stats).map(([counter, value]) => [counter, value]),
  );
}

function printComparison(load: LoadResult, calls: Run['calls'], counts: Map<string, MessageCount[]>): boolean {
  const rows = [...calls].map(([severity, made]) => [severity, made, sum(counts.get(severity) ?? [])] as const);
  const made = rows.reduce((total, [, count]) => total + count, 0);
  const served = sum([...counts.values()].flat().filter(({ message }) => / \d{3}$/.test(message)));
  const compared = [
    ...rows,
    ['all severities', made, sum([...counts.values()].flat())],
    ['requests', load.requests, served],
  ] as const;
  print('Log calls of the service, and what Redis counted', [['', 'made', 'counted'], ...compared]);
  return compared.every(([, expected, counted]) => expected === counted);
}

function sum(counts: readonly MessageCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

type Cell = string | number | boolean;

/** Aligns numbers, and the headings above them, to the right. */
function print(title: string, rows: readonly (readonly Cell[])[]): void {
  console.log(`\n${title}`);
  const last = rows.at(-1) ?? [];
  const widths = last.map((_, column) => Math.max(...rows.map((row) => text(row[column]).length)));
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      const width = widths[column] as number;
      return typeof last[column] === 'number' ? text(cell).padStart(width) : text(cell).padEnd(width);
    });
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
}

function text(cell: Cell | undefined): string {
  return typeof cell === 'number' ? cell.toLocaleString('en') : String(cell);
}
