/** Reads the sections of `top`: each logger and severity with its messages, those most likely to have news first. */

import { OptionsError } from '../../errors';
import type { SeverityChanges } from '../../read/compare';
import type { MessageChange } from '../../read/message-change';
import type { LoggerOverview, RecentCommonReader } from '../../read/reader';
import { type Change, isNotable, sumTotals, surgeScore } from '../../read/surge';
import type { TopArguments } from '../arguments/invocation';
import { maximum } from '../terminal/table';
import { byName, bySeverity, select } from './selection';

/** Without a name, reading ends after this many messages, so that people need not wait. Programs get all. */
const ENOUGH_MESSAGES = 30_000;

/** What to read. */
export type TopSelection = Pick<TopArguments, 'name' | 'severities' | 'sort' | 'window' | 'groupBy' | 'isJson'>;

/** A logger and severity with its messages of this hour and the last. */
export interface Section {
  readonly logger: LoggerOverview;
  readonly changes: readonly MessageChange[];
  /** Whether hardly any message came twice. */
  readonly isMostlyUnique: boolean;
  /** The largest absolute score of a new, surging or fading message; 0 if there is none. */
  readonly news: number;
}

/** All selected loggers. */
export interface Sections {
  /** The most severe first, then those with the most news. */
  readonly read: readonly Section[];
  /** Left out as too much to read. They are less likely to have news. */
  readonly unread: readonly LoggerOverview[];
  /** Without a log call in either hour. */
  readonly quiet: readonly LoggerOverview[];
}

/**
 * Reads what changed in the selected loggers.
 * @throws Failure if a logger or severity was asked for that does not exist
 */
export async function readSections(reader: RecentCommonReader, selection: TopSelection): Promise<Sections> {
  const selected = select(await reader.overview({ minutes: false }), selection);
  const active = selected.filter(({ count, previous }) => count > 0 || previous > 0).sort(byLikelihood);
  const isOneName = new Set(active.map(({ name }) => name)).size === 1;
  const enough = isOneName || selection.isJson ? Infinity : ENOUGH_MESSAGES;
  const { sections, asked } = await readInTurn(active, enough, (logger) => readSection(reader, logger, selection));
  return {
    read: sections.sort((a, b) => bySeverity(a.logger, b.logger) || byNews(a, b)),
    unread: active.slice(asked).sort(byName),
    quiet: selected.filter((logger) => !active.includes(logger)).sort(byName),
  };
}

/** Reads one logger, then two, then four and so on until there are enough messages: their number is not known before. */
async function readInTurn(
  loggers: readonly LoggerOverview[],
  enough: number,
  read: (logger: LoggerOverview) => Promise<Section | undefined>,
): Promise<{ sections: Section[]; asked: number }> {
  const sections: Section[] = [];
  let [asked, messages] = [0, 0];
  while (asked < loggers.length && messages < enough) {
    const some = loggers.slice(asked, 2 * asked + 1);
    const found = await Promise.all(some.map(read));
    asked += some.length;
    sections.push(...found.filter((section) => section !== undefined));
    messages = sections.flatMap(({ changes }) => changes).reduce((sum, { variantCount = 1 }) => sum + variantCount, 0);
  }
  return { sections, asked };
}

/** Undefined if the index holds a name or severity that no reader accepts. */
async function readSection(
  reader: RecentCommonReader,
  logger: LoggerOverview,
  { sort, window, groupBy }: TopSelection,
): Promise<Section | undefined> {
  try {
    const hasBaseline = logger.score !== null;
    const options = { hasBaseline, window, groupBy };
    const [found] = await reader.compare(logger.name, [logger.severity], options);
    const { isMostlyUnique, changes: all } = found as SeverityChanges;
    const changes = [...all];
    if (sort === 'count') changes.sort((a, b) => b.count - a.count || b.previous - a.previous);
    return {
      logger: window === 'current' ? logger : { ...logger, ...sumChanges(changes) },
      changes,
      isMostlyUnique,
      news: maximum(changes.filter(isNews).map(({ score }) => Math.abs(score ?? 0))),
    };
  } catch (error) {
    if (error instanceof OptionsError) return undefined;
    throw error;
  }
}

/** What has become of all messages together. */
function sumChanges(changes: readonly MessageChange[]): Change {
  const total = sumTotals(changes);
  return total.score !== null && total.previous === 0 ? { ...total, status: 'new' } : total;
}

export function isNews({ status }: MessageChange): boolean {
  return isNotable(status);
}

/** First the loggers whose totals changed or were 0 last hour, then the most severe. */
function byLikelihood(a: LoggerOverview, b: LoggerOverview): number {
  return likelyNews(b) - likelyNews(a) || bySeverity(a, b) || b.count - a.count;
}

function likelyNews({ count, score, status }: LoggerOverview): number {
  if (score === null) return surgeScore(count, 0, 0);
  return status === 'steady' ? 0 : Math.abs(score);
}

function byNews(a: Section, b: Section): number {
  return b.news - a.news || b.logger.count - a.logger.count || byName(a.logger, b.logger);
}
