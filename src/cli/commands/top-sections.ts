import { OptionsError } from '../../errors';
import type { LoggerOverview, RecentCommonReader } from '../../read/reader';
import { type MessageChange, surgeScore } from '../../read/surge';
import type { TopArguments } from '../arguments/invocation';
import { maximum } from '../terminal/table';
import { byName, bySeverity, select } from './selection';

/** Where no name is given, and people look: once so many messages were read, it is enough, so that it is done soon. */
const MOST_MESSAGES = 30_000;

/** One logger name and severity, with its messages of this hour and the last. */
export interface Section {
  readonly logger: LoggerOverview;
  readonly changes: readonly MessageChange[];
  /** How surprising the most surprising of them is; 0 where none is new, surging or fading. */
  readonly surprise: number;
}

/** All that was selected. */
export interface Sections {
  /** The more severe first, then the more surprising. */
  readonly read: readonly Section[];
  /** Those that would be too much to read, and that are less likely to have news. */
  readonly unread: readonly LoggerOverview[];
  /** Those that logged nothing in either hour. */
  readonly quiet: readonly LoggerOverview[];
}

/**
 * Reads what changed, in those that were selected.
 * @throws Failure where there is nothing that was asked for
 */
export async function readSections(reader: RecentCommonReader, selection: TopArguments): Promise<Sections> {
  const selected = select(await reader.overview(), selection);
  const active = selected.filter(({ count, previous }) => count > 0 || previous > 0).sort(byLikelihood);
  const isOneName = new Set(active.map(({ name }) => name)).size === 1;
  const most = isOneName || selection.isJson ? Infinity : MOST_MESSAGES;
  const sections = await readInTurn(active, most, (logger) => readSection(reader, logger, selection.sort));
  const isRead = new Set(sections.map(({ logger }) => logger));
  return {
    read: sections.sort((a, b) => bySeverity(a.logger, b.logger) || bySurprise(a, b)),
    unread: active.filter((logger) => !isRead.has(logger)).sort(byName),
    quiet: selected.filter((logger) => !active.includes(logger)).sort(byName),
  };
}

/** One at first, then twice as many each time: nobody knows how many messages a logger has before they are read. */
async function readInTurn(
  loggers: readonly LoggerOverview[],
  most: number,
  read: (logger: LoggerOverview) => Promise<Section | undefined>,
): Promise<Section[]> {
  const sections: Section[] = [];
  let messages = 0;
  for (let from = 0, to = 1; from < loggers.length && messages < most; [from, to] = [to, 2 * to + 1]) {
    const found = await Promise.all(loggers.slice(from, to).map(read));
    sections.push(...found.filter((section) => section !== undefined));
    messages = sections.reduce((sum, { changes }) => sum + changes.length, 0);
  }
  return sections;
}

/** Undefined where the index has a name or a severity that no reader may look for. */
async function readSection(
  reader: RecentCommonReader,
  logger: LoggerOverview,
  sort: 'surge' | 'count',
): Promise<Section | undefined> {
  try {
    const hasBaseline = logger.score !== null;
    const changes = await reader.changes(logger.name, logger.severity, { hasBaseline });
    if (sort === 'count') changes.sort((a, b) => b.count - a.count || b.previous - a.previous);
    return {
      logger,
      changes,
      surprise: maximum(changes.filter(isNoteworthy).map(({ score }) => Math.abs(score ?? 0))),
    };
  } catch (error) {
    if (error instanceof OptionsError) return undefined;
    throw error;
  }
}

export function isNoteworthy({ status }: MessageChange): boolean {
  return status === 'new' || status === 'surging' || status === 'fading';
}

/** Those first whose sums have changed, or that had nothing last hour; then the more severe. */
function byLikelihood(a: LoggerOverview, b: LoggerOverview): number {
  return loggerSurprise(b) - loggerSurprise(a) || bySeverity(a, b) || b.count - a.count;
}

function loggerSurprise({ count, score, status }: LoggerOverview): number {
  if (score === null) return surgeScore(count, 0, 0);
  return status === 'steady' ? 0 : Math.abs(score);
}

function bySurprise(a: Section, b: Section): number {
  return b.surprise - a.surprise || b.logger.count - a.logger.count || byName(a.logger, b.logger);
}
