/** Recognises a URL that the shell has split at a blank of its password. */

import { UsageError } from '../errors';
import { COMMANDS, OPTIONS } from './command-line';

const KNOWN = Object.values(OPTIONS).flatMap((options) => Object.entries(options));
const LONG = new Set(KNOWN.map(([name]) => name));
const SHORT: ReadonlySet<string> = new Set(KNOWN.flatMap(([, option]) => ('short' in option ? [option.short] : [])));

/**
 * Refuses a command line in which a URL without an `@` is followed by an argument that has one, with no option and no command in
 * between: what was taken for host and port would be user and password, and stand in messages.
 *
 * @throws UsageError, which shows nothing of it
 */
export function refuseSplitUrl(args: readonly string[]): void {
  const at = args.findIndex((arg) => /(?:\/\/|\brediss?:)[^@]*$/i.test(arg));
  if (at < 0) return;
  const rest = args.slice(at + 1);
  const end = rest.findIndex((arg) => isOption(arg) || COMMANDS.some((command) => command === arg));
  const parts = end < 0 ? rest : rest.slice(0, end);
  if (!parts.some((arg) => arg.includes('@'))) return;
  throw new UsageError('a URL with a blank must be quoted, and a logger name with an @ must stand before the URL');
}

function isOption(arg: string): boolean {
  if (arg.startsWith('--')) return arg === '--' || LONG.has(arg.slice(2).split('=', 1)[0] as string);
  return arg.startsWith('-') && SHORT.has(arg[1] ?? '');
}
