/** Reads the sections of `top`: each logger and severity with its messages, those most likely to have news first. */

import { OptionsError } from '../../errors';
import type { SeverityChanges } from '../../read/compare';
import type { SeverityGlance } from '../../read/glance';
import type { MessageChange } from '../../read/message-change';
import type { LoggerOverview } from '../../read/overview';
import type { RecentCommonReader } from '../../read/reader';
import { type Change, isNotable, sumTotals, surgeScore, surprise } from '../../read/surge';
import { pickTelling } from '../../read/telling';
import { WatchedTotals } from '../../read/watched-totals';
import { knownMember } from '../../redis/keys';
import type { TopArguments } from '../arguments/invocation';
import { byName, bySeverity, select } from './selection';

/** Without a name, no more messages are read as a whole, so that people need not wait. Programs get all. */
const ENOUGH_MESSAGES = 30_000;
/** What nobody wrote to is read again after this time: what was logged moves out of the window. */
const KEPT_MS = 30_000;
/** Loggers that are read at once. */
const AT_ONCE = 10;
/** Messages that are shown of a logger and severity that is not read as a whole. */
const MOST_TELLING = 5;

/** What to read. */
export type TopSelection = Pick<TopArguments, 'name' | 'severities' | 'sort' | 'window' | 'groupBy' | 'isJson'>;

/** A logger and severity with its messages of this hour and the hour before. */
export interface Section {
  readonly logger: LoggerOverview;
  readonly changes: readonly MessageChange[];
  /** Whether hardly any message came twice. */
  readonly isMostlyUnique: boolean;
  /** How surprising the most surprising message is that is new, surging or fading; undefined if none is. */
  readonly news: number | undefined;
  /** Whether `changes` are only some that changed: there are too many messages. */
  readonly isPartial: boolean;
}

/** All selected loggers. */
export interface Sections {
  /** The most severe first, then those with the most news. */
  readonly read: readonly Section[];
  /** Too much to read as a whole: what is most telling of them is in `read`, if something is. */
  readonly unread: readonly LoggerOverview[];
  /** Without a log call in either hour. */
  readonly quiet: readonly LoggerOverview[];
}

/** What was read of a logger and severity, but for its totals. */
type Reading = Pick<Section, 'changes' | 'isMostlyUnique'>;

/** What was read to a question, and when, by the monotonic clock. */
interface Kept<Answer> {
  readonly question: string;
  readonly at: number;
  readonly answer: Answer;
}

/** Reads what changed, once or again and again. Then it keeps what it read of those that nobody wrote to, for a while. */
export class SectionReader {
  readonly #reader: RecentCommonReader;
  readonly #totals: WatchedTotals;
  /** By member of the index. */
  readonly #readings = new Map<string, Kept<Reading | undefined>>();
  /** By logger name. */
  readonly #glances = new Map<string, Kept<readonly SeverityGlance[]>>();

  constructor(reader: RecentCommonReader) {
    this.#reader = reader;
    this.#totals = new WatchedTotals(reader);
  }

  /**
   * Reads what changed in the selected loggers.
   * @throws Failure if a logger or severity was asked for that does not exist
   */
  async read(selection: TopSelection): Promise<Sections> {
    const { totals, changed } = await this.#totals.read();
    for (const { name, severity } of totals) {
      const member = knownMember(name, severity);
      if (!changed.has(member)) continue;
      this.#readings.delete(member);
      this.#glances.delete(name);
    }
    const selected = select(totals, selection);
    const active = selected.filter(({ count, previous }) => count > 0 || previous > 0).sort(byLikelihood);
    const isOneName = new Set(active.map(({ name }) => name)).size === 1;
    const enough = isOneName || selection.isJson ? Infinity : ENOUGH_MESSAGES;
    const { whole, unread } = share(active, enough);
    const sections = await mapSome(whole, AT_ONCE, (logger) => this.#readSection(logger, selection));
    const partial = await this.#readPartly(unread, totals, selection);
    return {
      read: [...sections.filter((section) => section !== undefined), ...partial].sort(
        (a, b) => bySeverity(a.logger, b.logger) || byNews(a, b),
      ),
      unread: unread.sort(byName),
      quiet: selected.filter((logger) => !active.includes(logger)).sort(byName),
    };
  }

  async #readSection(logger: LoggerOverview, { sort, window, groupBy }: TopSelection): Promise<Section | undefined> {
    const { name, severity, score, start } = logger;
    const options = { hasBaseline: score !== null, window, groupBy };
    // As the hour turns, what was logged in it moves, though nobody writes.
    const reading = await keep(this.#readings, knownMember(name, severity), { ...options, start }, () =>
      readChanges(this.#reader, logger, options),
    );
    if (!reading) return undefined;
    const changes = [...reading.changes];
    if (sort === 'count') changes.sort((a, b) => b.count - a.count || b.previous - a.previous);
    return {
      ...reading,
      logger: window === 'current' ? logger : { ...logger, ...sumChanges(changes) },
      changes,
      news: findNews(changes),
      isPartial: false,
    };
  }

  /** What is most telling of loggers that are not read as a whole, by a glance at each. */
  async #readPartly(
    unread: readonly LoggerOverview[],
    totals: readonly LoggerOverview[],
    { window }: TopSelection,
  ): Promise<Section[]> {
    const sections: Section[] = [];
    for (const name of new Set(unread.map((logger) => logger.name))) {
      const own = totals.filter((logger) => logger.name === name);
      const severities = own.map(({ severity }) => severity);
      const glances = await keep(this.#glances, name, { window, severities, start: own[0]?.start }, () =>
        this.#reader.glance(name, severities, { window }),
      );
      for (const { severity, total, changes: all } of glances) {
        const logger = unread.find((each) => each.name === name && each.severity === severity);
        const changes = pickTelling(all).slice(0, MOST_TELLING);
        if (!logger || changes.length === 0) continue;
        const counted = window === 'current' ? logger : { ...logger, ...total };
        sections.push({ logger: counted, changes, isMostlyUnique: false, news: findNews(changes), isPartial: true });
      }
    }
    return sections;
  }
}

/** What was read to the same question a short while ago, or else what is read now. */
async function keep<Answer>(
  kept: Map<string, Kept<Answer>>,
  key: string,
  asked: object,
  read: () => Promise<Answer>,
): Promise<Answer> {
  const [at, question, known] = [performance.now(), JSON.stringify(asked), kept.get(key)];
  if (known?.question === question && at - known.at < KEPT_MS) return known.answer;
  const answer = await read();
  kept.set(key, { question, at, answer });
  return answer;
}

/** Those of some loggers that are read as a whole, as long as there is room for their messages, and the others. */
function share(
  loggers: readonly LoggerOverview[],
  enough: number,
): { readonly whole: LoggerOverview[]; readonly unread: LoggerOverview[] } {
  const [whole, unread]: [LoggerOverview[], LoggerOverview[]] = [[], []];
  let left = enough;
  for (const logger of loggers) {
    const { messages } = logger;
    (messages <= left ? whole : unread).push(logger);
    if (messages <= left) left -= messages;
  }
  return { whole, unread };
}

/** What is made of each item, of a few at once. */
async function mapSome<Item, Result>(
  items: readonly Item[],
  most: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += most) {
    results.push(...(await Promise.all(items.slice(at, at + most).map(map))));
  }
  return results;
}

/** Undefined if the index holds a name or severity that no reader accepts. */
async function readChanges(
  reader: RecentCommonReader,
  { name, severity }: LoggerOverview,
  options: { hasBaseline: boolean } & Pick<TopSelection, 'window' | 'groupBy'>,
): Promise<Reading | undefined> {
  try {
    const [found] = await reader.compare(name, [severity], options);
    const { isMostlyUnique, changes } = found as SeverityChanges;
    return { isMostlyUnique, changes };
  } catch (error) {
    if (error instanceof OptionsError) return undefined;
    throw error;
  }
}

function findNews(changes: readonly MessageChange[]): number | undefined {
  return changes
    .filter(isNews)
    .map(surprise)
    .reduce((most: number | undefined, each) => Math.max(most ?? each, each), undefined);
}

/** What has become of all messages together. */
function sumChanges(changes: readonly MessageChange[]): Change {
  const total = sumTotals(changes);
  return total.score !== null && total.previous === 0 ? { ...total, status: 'new' } : total;
}

export function isNews({ status }: MessageChange): boolean {
  return isNotable(status);
}

/** First the loggers whose totals changed or were 0 in the hour before, then the most severe. */
function byLikelihood(a: LoggerOverview, b: LoggerOverview): number {
  return likelyNews(b) - likelyNews(a) || bySeverity(a, b) || b.count - a.count;
}

function likelyNews({ count, score, status }: LoggerOverview): number {
  if (score === null) return surgeScore(count, 0, 0);
  return status === 'steady' ? 0 : Math.abs(score);
}

function byNews(a: Section, b: Section): number {
  const has = ({ news }: Section): number => Number(news !== undefined);
  return (
    has(b) - has(a) || (b.news ?? 0) - (a.news ?? 0) || b.logger.count - a.logger.count || byName(a.logger, b.logger)
  );
}
