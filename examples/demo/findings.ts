/** Prints what Redis knows about the incident, and whether it has counted every log call. */

import type { MessageChange, RecentCommonReader } from 'winston-redis-recent-common';

const MOST_ROWS = 8;
const WIDTH = 100;

/** Severities in the order of their gravity. */
const GRAVEST_FIRST = ['critical', 'error', 'warning', 'info', 'debug'];

interface Finding extends MessageChange {
  readonly severity: string;
}

/** Prints the messages of a logger that are new, surging or fading, the most urgent first. */
export async function printFindings(reader: RecentCommonReader, name: string): Promise<void> {
  const severities = (await reader.names()).filter((known) => known.name === name).map(({ severity }) => severity);
  const changes: Finding[] = [];
  for (const severity of severities) {
    for (const change of await reader.changes(name, severity)) changes.push({ severity, ...change });
  }
  const found = changes.filter(({ status }) => status !== 'unknown' && status !== 'steady').sort(byUrgency);
  console.log(`\nWhat has changed in ${name} against the hour before:`);
  for (const { status, count, expected, severity, message } of found.slice(0, MOST_ROWS)) {
    const counts = `${count} (expected ${Math.round(expected)})`;
    const [text = ''] = message.split('\n', 1);
    console.log(shorten(`  ${status.toUpperCase().padEnd(9)}${counts.padEnd(20)}${severity.padEnd(9)}${text}`));
  }
  if (found.length > MOST_ROWS) console.log(`  and ${found.length - MOST_ROWS} more`);
  if (found.length === 0) console.log('  nothing');
}

/** What came up before what went away, then the gravest severity, then the largest change. */
function byUrgency(a: Finding, b: Finding): number {
  const isFading = ({ status }: Finding): number => Number(status === 'fading');
  const gravity = ({ severity }: Finding): number => GRAVEST_FIRST.indexOf(severity);
  const size = ({ score }: Finding): number => Math.abs(score ?? 0);
  return isFading(a) - isFading(b) || gravity(a) - gravity(b) || size(b) - size(a);
}

function shorten(text: string): string {
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
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
