/** Prints what Redis knows about the incident, and whether it has counted every log call. */

import type { MessageChange, RecentCommonReader } from 'winston-redis-recent-common';

const MOST_ROWS = 8;
const WIDTH = 100;

/** Prints the messages of a logger that are new, surging or fading. */
export async function printFindings(reader: RecentCommonReader, name: string): Promise<void> {
  const severities = (await reader.names()).filter((known) => known.name === name).map(({ severity }) => severity);
  const changes: (MessageChange & { severity: string })[] = [];
  for (const severity of severities) {
    for (const change of await reader.changes(name, severity)) changes.push({ severity, ...change });
  }
  const found = changes.filter(({ status }) => status !== 'unknown' && status !== 'steady');
  found.sort((a, b) => Number(b.score) - Number(a.score));
  console.log(`\nWhat has changed in ${name} against the hour before:`);
  for (const { status, count, expected, severity, message } of found.slice(0, MOST_ROWS)) {
    const counts = `${count} (expected ${Math.round(expected)})`;
    const [text = ''] = message.split('\n', 1);
    console.log(`  ${status.toUpperCase().padEnd(9)}${counts.padEnd(20)}${severity.padEnd(9)}${text}`.slice(0, WIDTH));
  }
  if (found.length === 0) console.log('  nothing');
}

/** Prints how many log calls were made and how many Redis has counted. Returns whether these are the same. */
export async function compareCounts(reader: RecentCommonReader, made: ReadonlyMap<number, number>): Promise<boolean> {
  const hours = new Set<number>();
  let counted = 0;
  for (const { name, severity } of await reader.names()) {
    for (const window of ['current', 'previous'] as const) {
      const { start, total } = await reader.common(name, severity, { window });
      hours.add(start.getTime());
      counted += total;
    }
  }
  const expected = [...hours].reduce((sum, hour) => sum + (made.get(hour) ?? 0), 0);
  const [inWords, exact] = [counted.toLocaleString('en'), counted === expected];
  console.log(
    exact
      ? `\nRedis has counted all ${inWords} log calls of these two hours.`
      : `\nTHE COUNTS DIFFER: ${expected.toLocaleString('en')} log calls were made, and Redis has counted ${inWords}.`,
  );
  return exact;
}
