/** Ranks all loggers by what is most surprising in them, and looks closer at the first. */

import type { SeverityGlance } from '../../read/glance';
import type { LoggerOverview } from '../../read/reader';
import { Slices, sortInSlices } from '../../read/slices';
import { type Change, isRising, sumTotals } from '../../read/surge';
import { compareSeverities } from '../../severity';
import { readerWindow, type View } from '../view';
import { NO_CHANGES, type StatusCounts } from './changes';
import type { DashboardReader } from './gather';
import { readableLoggers } from './loggers';
import { messageKey, type SeverityChange } from './rows';
import { countStatuses } from './totals';
import { mostUrgent, urgency } from './urgency';

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
  readonly severities: readonly LoggerOverview[];
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
}

/** A message that tells most about its logger. */
export interface TellingChange extends SeverityChange {
  readonly key: string;
}

/** What the start page shows of a logger. */
export interface LoggerCard {
  readonly name: string;
  /** All log calls of the window. */
  readonly total: Change;
  /** Log calls of the window by severity, gravest first; none are left out but those without any. */
  readonly counts: readonly { readonly severity: string; readonly count: number }[];
  /** Messages that are new, returned, surging and fading, of those looked at. */
  readonly changeCounts: StatusCounts;
  /** Log calls of the last 60 minutes, oldest first; null for a minute that is not known. */
  readonly minutes: readonly (number | null)[];
  /** Those of errors and what is graver. */
  readonly graveMinutes: readonly (number | null)[];
  /** Null if nothing is new or surging in it. */
  readonly telling: TellingChange | null;
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

/** The totals of all loggers, the most surprising first, as far as totals tell. */
export async function readTotals(reader: DashboardReader): Promise<LoggerTotal[]> {
  const slices = new Slices();
  const byName = new Map<string, LoggerOverview[]>();
  for (const logger of (await readableLoggers(await reader.overview())) as LoggerOverview[]) {
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
  return sortInSlices(totals, byTotals, slices);
}

/** What has changed in the totals, then which severities wrote this hour, then how much was logged. */
function byTotals(a: LoggerTotal, b: LoggerTotal): number {
  return rank(a) - rank(b) || b.total.count - a.total.count || b.lastSeen - a.lastSeen || (a.name < b.name ? -1 : 1);
}

function rank({ severities }: LoggerTotal): number {
  return Math.min(
    ...severities.map(({ severity, status, count }) => urgency(severity, count > 0 ? status : 'unknown')),
  );
}

/** Looks closer at the first of the loggers whose names contain the text asked for. */
export async function makeOverview(
  reader: DashboardReader,
  totals: readonly LoggerTotal[],
  view: View,
): Promise<Overview> {
  const slices = new Slices();
  const text = view.filter.toLowerCase();
  const matching = totals.filter(({ name }) => name.toLowerCase().includes(text));
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
    cards: await sortInSlices(cards, bySurprise, slices),
    others: others.map(({ name, total }) => ({ name, count: total.count })),
    matching: matching.length,
    loggerCount: totals.length,
    changeCounts,
  };
}

async function makeCard(reader: DashboardReader, { name, severities }: LoggerTotal, view: View): Promise<LoggerCard> {
  const known = severities.map(({ severity }) => severity).sort(compareSeverities);
  const glances = await reader.glance(name, known, { window: readerWindow(view) });
  const rising = glances.flatMap(({ severity, changes }) =>
    changes.filter(({ status }) => isRising(status)).map((change) => ({ ...change, severity })),
  );
  const telling = mostUrgent(rising);
  return {
    name,
    total: sumTotals(glances.map(({ total }) => total)),
    counts: glances.map(({ severity, total }) => ({ severity, count: total.count })).filter(({ count }) => count > 0),
    changeCounts: countStatuses(glances),
    minutes: sumMinutes(glances),
    graveMinutes: sumMinutes(glances.filter(({ severity }) => severity === 'critical' || severity === 'error')),
    telling: telling ? { ...telling, key: messageKey(telling.message, view.isExact) } : null,
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
  const urgent = ({ telling }: LoggerCard): number => (telling ? urgency(telling.severity, telling.status) : Infinity);
  const score = ({ telling }: LoggerCard): number => telling?.score ?? 0;
  return (
    Math.sign(urgent(a) - urgent(b)) ||
    score(b) - score(a) ||
    b.total.count - a.total.count ||
    (a.name < b.name ? -1 : 1)
  );
}
