/** Plans the lines of writers, and runs them in processes of their own. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { compiledRoot } from '../compiled';
import type { Counts } from '../redis/stored-log';

const PROGRAM = '__tests__/support/writers/writer-process.js';

/** The lines of one writer process, and where it logs them. */
export interface WriterOptions {
  readonly url: string;
  readonly keyPrefix: string;
  /** Logger names, each with lines of every level. */
  readonly names: readonly string[];
  /** Levels of winston's npm set. */
  readonly levels: readonly string[];
  /** Whether each name has a transport of its own, or one transport takes the name from the log call. */
  readonly naming: 'option' | 'function';
  readonly lines: number;
  /** Distinct messages of each name and level. */
  readonly distinct: number;
  readonly linesPerSecond: number;
}

/** One log call of a writer. */
export interface PlannedLine {
  readonly name: string;
  readonly level: string;
  readonly message: string;
}

/** Line number `index` of a writer: names, levels and messages take turns. */
export function plannedLine({ names, levels, distinct }: WriterOptions, index: number): PlannedLine {
  const name = names[index % names.length] as string;
  const ofName = Math.floor(index / names.length);
  const level = levels[ofName % levels.length] as string;
  return { name, level, message: `message ${Math.floor(ofName / levels.length) % distinct}` };
}

/** How often a writer logs each message of a name and level. */
export function plannedCounts(options: WriterOptions, name: string, level: string): Counts {
  const counts: Counts = {};
  for (let index = 0; index < options.lines; index++) {
    const line = plannedLine(options, index);
    if (line.name === name && line.level === level) counts[line.message] = (counts[line.message] ?? 0) + 1;
  }
  return counts;
}

/** Runs a writer process to its end. Fails if it could not write all lines. */
export async function runWriter(options: WriterOptions): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
    cwd: compiledRoot(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`a writer process ended with code ${code}: ${errors}`);
}
