import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { quantileOf } from './quantile';

export function median(numbers: readonly number[]): number {
  return quantileOf(numbers, 0.5);
}

/** The median, with the least and the greatest. */
export function spreadOf(numbers: readonly number[], digits = 2): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)].map((number) => number.toFixed(digits));
  return numbers.length === 1 ? `${least}` : `${median(numbers).toFixed(digits)} (${least} – ${most})`;
}

/** Each number divided by the one of the same round. */
export function ratiosOf(numbers: readonly number[], by: readonly number[]): number[] {
  return numbers.map((number, round) => number / (by[round] as number));
}

/** What it was measured with. */
export function machineOf(redisVersion: string): string {
  const processors = cpus();
  return `Node ${process.versions.node}, Redis ${redisVersion}, ${processors.length} × ${processors[0]?.model}`;
}

/** Writes results to a file, where one is given. */
export function writeJson(file: string | undefined, results: object): void {
  if (file === undefined) return;
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`\nWritten to ${file}`);
}

/** Goes through the contenders once for each round, the first of them another each time. */
export function* rounds<T>(contenders: readonly T[], count: number): Generator<{ round: number; contender: T }> {
  for (let round = 0; round < count; round++) {
    for (let i = 0; i < contenders.length; i++) {
      yield { round, contender: contenders[(round + i) % contenders.length] as T };
    }
  }
}
