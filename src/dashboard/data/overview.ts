/** Ranks all loggers by what is most surprising in them, and looks closer at the first. */

import type { SeverityGlance } from '../../read/glance';
import { newsBeginning } from '../../read/minutes';
import { Slices, sortInSlices } from '../../read/slices';
import { type Change, isRising, sumTotals } from '../../read/surge';
import { pickTelling } from '../../read/telling';
import type { TotalsReading, WatchedTotal } from '../../read/watched-totals';
import { compareSeverities } from '../../severity';
import { readerWindow, type View, windowMinutes } from '../view';
import { NO_CHANGES, type StatusCounts } from './changes';
import type { DashboardReader } from './gather';
import { readableLoggers } from './loggers';
import { messageKey, type SeverityChange } from './rows';
import { countStatuses } from './totals';
import { mostUrgent, type Ranked, urgency } from './urgency';

/** Loggers that are looked at closer. */
const MAX_CARDS = 50;
/** Loggers listed after them. */
const MAX_LISTED = 200;
/** Loggers that are looked at in one go. */
const AT_ONCE = 5;
/** Minutes of a sparkline. */
const MINUTES = 60;

/** How much of a logger was logged in this hour and the hour before. */
export interface LoggerTotal {
  readonly name: string;
  readonly total: Change;
  readonly severities: readonly WatchedTotal[];
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
}

/** The totals of all loggers at one time. */
export interface AllTotals {
  readonly loggers: readonly LoggerTotal[];
  /** By the clock of Redis, in epoch milliseconds. */
  readonly now: number;
}

/** A message that tells most about its logger. */
export interface TellingChange extends SeverityChange {
  readonly key: string;
}

/** Log calls of a severity, and how that has changed. */
export interface SeverityCount extends Change {
  readonly severity: string;
}

/** What the start page shows of a logger. */
export interface LoggerCard {
  readonly name: string;
  /** All log calls of the window. */
  readonly total: Change;
  /** Log calls of the window by severity, gravest first; none are left out but those without any. */
  readonly counts: readonly SeverityCount[];
  /** Patterns of messages that are new, returned, surging and fading, of those looked at. */
  readonly changeCounts: StatusCounts;
  /** Log calls of the last 60 minutes, oldest first; null for a minute that is not known. */
  readonly minutes: readonly (number | null)[];
  /** Those of errors and what is graver. */
  readonly graveMinutes: readonly (number | null)[];
  /** Null if no message is new or surging in it. */
  readonly telling: TellingChange | null;
  /** The most urgent of its messages and of its counts that surge: how loud it is. Null if nothing is new or surging in it. */
  readonly urgent: Ranked | null;
}

/** The data of the start page at one time. */
export interface Overview {
  /** The most surprising first. */
  readonly cards: readonly LoggerCard[];
  /** Loggers after those, by the log calls of this hour. */
  readonly others: readonly { readonly name: string; readonly count: number }[];
  /** The number of loggers with the text asked for in their names. */
  readonly matching: number;
  /** The number of all loggers. */
  readonly loggerCount: number;
  /** Messages that are new, returned, surging and fading in the loggers that were looked at closer. */
  readonly changeCounts: StatusCounts;
}

/** Groups totals by the names of their loggers. */
export async function groupTotals({ totals: all, now }: TotalsReading): Promise<AllTotals> {
  const slices = new Slices();
  const byName = new Map<string, WatchedTotal[]>();
  for (const logger of (await readableLoggers(all)) as WatchedTotal[]) {
    if (slices.isOver()) await slices.pause();
    const own = byName.get(logger.name);
    if (own) own.push(logger);
    else byName.set(logger.name, [logger]);
  }
  const totals: LoggerTotal[] = [];
  for (const [name, severities] of byName) {
    if (slices.isOver()) await slices.pause();
    const lastSeen = Math.max(...severities.map((each) => each.lastSeen.getTime()));
    totals.push({ name, severities, total: sumTotals(severities), lastSeen });
  }
  return { loggers: totals, now };
}

/** A logger, and how urgent that seems by its totals and its news. */
interface RankedLogger {
  readonly logger: LoggerTotal;
  readonly rank: number;
}

/** What is new or has changed in the totals, then which severities wrote this hour, then how much was logged. */
function byRank({ logger: a, rank }: RankedLogger, { logger: b, rank: other }: RankedLogger): number {
  return rank - other || b.total.count - a.total.count || b.lastSeen - a.lastSeen || (a.name < b.name ? -1 : 1);
}

/** @param since - when news began, in epoch milliseconds */
function rankLogger({ severities }: LoggerTotal, since: number): number {
  const ranks = severities.map(({ severity, status, count, newsAt }) => {
    const isNew = newsAt !== null && newsAt.getTime() >= since;
    return urgency(severity, isNew ? 'new' : count > 0 ? status : 'unknown');
  });
  return Math.min(...ranks);
}

/** Loggers whose names contain a text, in upper or lower case, the most urgent first, as far as totals and news tell. */
async function rankMatching({ loggers, now }: AllTotals, view: View): Promise<LoggerTotal[]> {
  const slices = new Slices();
  const text = view.filter.toLowerCase();
  const since = newsBeginning(now, windowMinutes(view));
  const matching: RankedLogger[] = [];
  for (const logger of loggers) {
    if (slices.isOver()) await slices.pause();
    if (logger.name.toLowerCase().includes(text)) matching.push({ logger, rank: rankLogger(logger, since) });
  }
  return (await sortInSlices(matching, byRank, slices)).map(({ logger }) => logger);
}

/** Looks closer at the first of the loggers whose names contain the text asked for. */
export async function makeOverview(reader: DashboardReader, totals: AllTotals, view: View): Promise<Overview> {
  const matching = await rankMatching(totals, view);
  const cards: LoggerCard[] = [];
  for (let at = 0; at < Math.min(matching.length, MAX_CARDS); at += AT_ONCE) {
    const some = matching.slice(at, Math.min(at + AT_ONCE, MAX_CARDS));
    cards.push(...(await Promise.all(some.map((each) => makeCard(reader, each, view)))));
  }
  const others = matching.slice(MAX_CARDS, MAX_CARDS + MAX_LISTED);
  const changeCounts = { ...NO_CHANGES };
  for (const card of cards) {
    for (const status of Object.keys(changeCounts) as (keyof StatusCounts)[]) {
      changeCounts[status] += card.changeCounts[status];
    }
  }
  return {
    cards: cards.sort(bySurprise),
    others: others.map(({ name, total }) => ({ name, count: total.count })),
    matching: matching.length,
    loggerCount: totals.loggers.length,
    changeCounts,
  };
}

async function makeCard(reader: DashboardReader, { name, severities }: LoggerTotal, view: View): Promise<LoggerCard> {
  const known = severities.map(({ severity }) => severity).sort(compareSeverities);
  const glances = await reader.glance(name, known, { window: readerWindow(view) });
  const changed = glances.flatMap(({ severity, changes }) =>
    pickTelling(changes).map((change) => ({ ...change, severity })),
  );
  const rising = changed.filter(({ status }) => isRising(status));
  const telling = mostUrgent(rising);
  const counts = glances.map(({ severity, total }) => ({ severity, ...total })).filter(({ count }) => count > 0);
  const urgent = mostUrgent<Ranked>([...rising, ...counts.filter(({ status }) => status === 'surging')]);
  return {
    name,
    total: sumTotals(glances.map(({ total }) => total)),
    counts,
    changeCounts: countStatuses(changed),
    minutes: sumMinutes(glances),
    graveMinutes: sumMinutes(glances.filter(({ severity }) => severity === 'critical' || severity === 'error')),
    telling: telling ? { ...telling, key: messageKey(telling.message, view.isExact) } : null,
    urgent: urgent ? { severity: urgent.severity, status: urgent.status, score: urgent.score } : null,
  };
}

/** A severity that is not known yet in a minute adds nothing to the others. */
function sumMinutes(glances: readonly SeverityGlance[]): (number | null)[] {
  return Array.from({ length: MINUTES }, (_, i) => {
    const counts = glances.map(({ minutes }) => minutes.counts.at(i - MINUTES) ?? null);
    const known = counts.filter((count) => count !== null);
    return known.length > 0 ? known.reduce((sum, count) => sum + count, 0) : null;
  });
}

function bySurprise(a: LoggerCard, b: LoggerCard): number {
  const rank = ({ urgent }: LoggerCard): number => (urgent ? urgency(urgent.severity, urgent.status) : Infinity);
  const score = ({ urgent }: LoggerCard): number => urgent?.score ?? 0;
  return (
    Math.sign(rank(a) - rank(b)) || score(b) - score(a) || b.total.count - a.total.count || (a.name < b.name ? -1 : 1)
  );
}
