/** Takes the logger name from a command line, or refuses one. */

import { UsageError } from '../errors';
import type { Command } from './command-line';

/**
 * The logger name; undefined if there is none.
 * @throws UsageError for several
 */
export function parseName(command: Command, positionals: readonly string[]): string | undefined {
  if (positionals.length < 2) return positionals[0];
  throw new UsageError(`${command} takes one logger name, got ${positionals.length}: ${listed(positionals)}`);
}

/** @throws UsageError if there is a logger name */
export function refuseNames(command: Command, positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`${command} takes no logger name, got ${listed(positionals)}`);
}

/** A URL without quotes is split at the blanks of its password: nothing before an `@` is shown. */
function listed(positionals: readonly string[]): string {
  return positionals.join(' ').replace(/^.*@/s, '…@');
}
