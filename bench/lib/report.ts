/** How the programs show and keep their results, and in which order they take their measurements. */

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { median, medianInterval } from './statistics';

/** The median and its confidence interval: `1.25 (1.20 – 1.31)`. */
export function formatSpread(numbers: readonly number[], digits = 2): string {
  const format = (number: number): string => number.toFixed(digits);
  if (numbers.length === 1) return format(numbers[0] as number);
  const { low, high } = medianInterval(numbers);
  return `${format(median(numbers))} (${format(low)} – ${format(high)})`;
}

/** Explains the output of `formatSpread` for that many rounds. */
export function describeSpread(rounds: number): string {
  if (rounds === 1) return '1 round';
  const { confidence } = medianInterval(Array<number>(rounds).fill(0));
  return `medians of ${rounds} rounds (in brackets: ${Math.floor(100 * confidence)} % confidence interval)`;
}

/** Names the software and the processors of a measurement. */
export function describeMachine(redisVersion: string): string {
  const processors = cpus();
  return `Node ${process.versions.node}, Redis ${redisVersion}, ${processors.length} × ${processors[0]?.model}`;
}

/** Writes results to a file, if one is given. */
export function writeJson(file: string | undefined, results: object): void {
  if (file === undefined) return;
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`\nWritten to ${file}`);
}

/** The items in the order of a round: every other round backwards, so that a drift of the machine affects all alike. */
export function alternate<T>(items: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? items : [...items].reverse();
}
