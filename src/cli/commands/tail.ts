/** `tail`: shows the last lines of one or all loggers. */

import { OptionsError } from '../../errors';
import { isSince, mergeByTime, type RecentLine } from '../../read/lines';
import type { RecentCommonReader } from '../../read/reader';
import { GRAVEST_FIRST } from '../../severity';
import type { TailArguments } from '../arguments/invocation';
import type { Host } from '../host';
import type { Store } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import { dateTimeText } from '../terminal/time';
import { type LoggerId, loggerTitle, select } from './selection';
import { Following } from './tail-follow';
import { LinePrinter } from './tail-printer';

/** Severities to try for a logger that is not in the index, which only this package writes. */
const USUAL_SEVERITIES = GRAVEST_FIRST.toReversed();

/** The lines of a logger and severity, newest first. */
interface List {
  readonly logger: LoggerId;
  readonly lines: readonly RecentLine[];
}

/**
 * Shows the last lines, oldest first, and with `--follow` new ones.
 * @throws Failure if a logger or severity was asked for that does not exist
 */
export async function tail(args: TailArguments, store: Store, screen: Screen, { interrupted }: Host): Promise<void> {
  const { isFollowing, limit, name, since } = args;
  const lists = await screen.during(`reading from ${store.label}`, readLists(store.reader, args));
  const names = lists.map(({ logger }) => logger.name);
  const hasNames = name === undefined && (isFollowing || new Set(names).size > 1);
  const printer = new LinePrinter(args, screen, hasNames ? names : undefined);
  if (lists.length === 0 && !isFollowing) return screen.note('nothing has been logged yet');
  if (since) for (const text of lists.flatMap((list) => limitNotes(list, since))) screen.note(text);
  const wanted = mergeByTime(lists.map(({ lines }) => printer.filter(lines)));
  printer.print(wanted.slice(0, limit).reverse());
  if (!isFollowing) return;
  if (lists.every(({ lines }) => lines.length === 0)) {
    screen.note(name === undefined ? 'nothing has been logged yet: waiting' : `no line of '${name}' yet: waiting`);
  }
  const following = new Following(args, store, screen, printer);
  for (const { logger, lines } of lists) following.add(logger, lines[0]?.seq ?? 0);
  await following.run(interrupted());
}

async function readLists(reader: RecentCommonReader, args: TailArguments): Promise<List[]> {
  const { include, exclude, grep, pattern, limit, since, isFollowing, name } = args;
  const known = await reader.names();
  const isFiltered =
    since !== undefined || pattern !== undefined || [...include, ...exclude, ...grep].length > 0 || limit === Infinity;
  const options = isFiltered ? {} : { limit: Math.max(1, limit) };
  const lists = await Promise.all(
    wantedLoggers(known, args).map(async (logger): Promise<List | undefined> => {
      try {
        return { logger, lines: await reader.recent(logger.name, logger.severity, options) };
      } catch (error) {
        // The index may hold a name that no reader accepts.
        if (name === undefined && error instanceof OptionsError) return undefined;
        throw error;
      }
    }),
  );
  const found = lists.filter((list) => list !== undefined);
  if (!isFollowing && found.every(({ lines }) => lines.length === 0)) select(known, args);
  return found;
}

function wantedLoggers(known: readonly LoggerId[], { name, severities }: TailArguments): LoggerId[] {
  const named = known.filter((logger) => name === undefined || logger.name === name);
  if (name === undefined) return named.filter(({ severity }) => !severities || severities.includes(severity));
  const usual = named.length > 0 ? named.map(({ severity }) => severity) : USUAL_SEVERITIES;
  return (severities ?? usual).map((severity) => ({ name, severity }));
}

/** A note if lines since that time are no longer kept. */
function limitNotes({ logger, lines }: List, since: Date): string[] {
  const oldest = lines.findLast(({ time }) => !Number.isNaN(time.getTime()));
  if (!oldest || lines.at(-1)?.seq === 1 || !isSince(oldest, since)) return [];
  const kept = `only the newest ${lines.length} lines of ${loggerTitle(logger)} are kept`;
  return [`${kept}: the oldest is from ${dateTimeText(oldest.time)}`];
}
