import { OptionsError } from '../../errors';
import { mergeByTime, type RecentLine, toSecond } from '../../read/lines';
import type { RecentCommonReader } from '../../read/reader';
import { GRAVEST_FIRST } from '../../severity';
import type { TailArguments } from '../arguments/invocation';
import type { Source } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import { LinePrinter } from './line-printer';
import { type Destination, select, titleOf } from './selection';
import { Following } from './tail-follow';

/** What to look for where the index does not know a logger: only writers of this package keep one. */
const USUAL_SEVERITIES = GRAVEST_FIRST.toReversed();

/** A list of lines, newest first. */
interface List {
  readonly destination: Destination;
  readonly lines: readonly RecentLine[];
}

/**
 * Shows the last lines, oldest first, and those that follow if that is wanted.
 * @throws Failure where there is nothing that was asked for
 */
export async function tail(
  args: TailArguments,
  source: Source,
  screen: Screen,
  interrupted: () => AbortSignal,
): Promise<void> {
  const { isFollowing, limit, name, since } = args;
  const lists = await screen.during(`reading from ${source.label}`, readLists(source.reader, args));
  const names = lists.map(({ destination }) => destination.name);
  const hasNames = name === undefined && (isFollowing || new Set(names).size > 1);
  const printer = new LinePrinter(args, screen, hasNames ? names : undefined);
  if (lists.length === 0 && !isFollowing) return screen.note('nothing has been logged yet');
  if (since) for (const text of lists.flatMap((list) => limitOf(list, since))) screen.note(text);
  const wanted = mergeByTime(lists.map(({ lines }) => lines)).filter((line) => printer.isWanted(line));
  printer.print(wanted.slice(0, limit).reverse());
  if (!isFollowing) return;
  if (lists.every(({ lines }) => lines.length === 0)) {
    screen.note(name === undefined ? 'nothing has been logged yet: waiting' : `no line of '${name}' yet: waiting`);
  }
  const following = new Following(args, source, screen, printer);
  for (const { destination, lines } of lists) following.add(destination, lines[0]?.seq ?? 0);
  await following.run(interrupted());
}

async function readLists(reader: RecentCommonReader, args: TailArguments): Promise<List[]> {
  const { include, exclude, limit, since, isFollowing, name } = args;
  const known = await reader.names();
  const isFiltered = since !== undefined || include.length > 0 || exclude.length > 0 || limit === Infinity;
  const options = isFiltered ? {} : { limit: Math.max(1, limit) };
  const lists = await Promise.all(
    destinationsOf(known, args).map(async (destination): Promise<List | undefined> => {
      try {
        return { destination, lines: await reader.recent(destination.name, destination.severity, options) };
      } catch (error) {
        // The index may have a name that no reader may look for.
        if (name === undefined && error instanceof OptionsError) return undefined;
        throw error;
      }
    }),
  );
  const found = lists.filter((list) => list !== undefined);
  if (!isFollowing && found.every(({ lines }) => lines.length === 0)) select(known, args);
  return found;
}

function destinationsOf(known: readonly Destination[], { name, severities }: TailArguments): Destination[] {
  const named = known.filter((logger) => name === undefined || logger.name === name);
  if (name === undefined) return named.filter(({ severity }) => !severities || severities.includes(severity));
  const usual = named.length > 0 ? named.map(({ severity }) => severity) : USUAL_SEVERITIES;
  return (severities ?? usual).map((severity) => ({ name, severity }));
}

/** What there is to say where lines of the time that was asked for are no longer kept. */
function limitOf({ destination, lines }: List, since: Date): string[] {
  const oldest = lines.findLast(({ time }) => !Number.isNaN(time.getTime()));
  if (!oldest || lines.at(-1)?.seq === 1 || toSecond(oldest.time) < toSecond(since)) return [];
  const kept = `only the newest ${lines.length} lines of ${titleOf(destination)} are kept`;
  return [`${kept}: the oldest is of ${oldest.time.toISOString()}`];
}
