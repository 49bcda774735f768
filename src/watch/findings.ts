/** Makes findings of what the reader says has become of messages and loggers. */

import { compareSeverities } from '../read/compare';
import { readTotalsByMinute } from '../read/memory';
import { lastingKey, type MessageChange } from '../read/message-change';
import { listMinutes } from '../read/minutes';
import { findSilence, sumMinutes } from '../read/silence';
import type { Source } from '../read/source';
import { type ChangeStatus, classify, scoreAgainst } from '../read/surge';
import { destinationKeys } from '../redis/keys';
import type { AlarmKind, Finding } from './alarm';
import { findPeak, readLongMinutes } from './peaks';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/**
 * What is told to be new or to have returned came in this window. A logger is quiet in its first hour: to the reader nothing
 * is new there.
 */
export const NEWS_WINDOW = { minutes: 60 };
/** A message surges in this window, and beside the same time anywhere in the minutes before it that are known. */
export const SURGE_WINDOW = { minutes: 15 };
/** Most messages of one look. */
const MOST = 1000;

/** A logger name and severity. */
export interface Place {
  readonly name: string;
  readonly severity: string;
}

/** What was found in a place. */
export interface News {
  readonly findings: readonly Finding[];
  /** Whether the messages are too varied to tell what is new: then nothing is found. */
  readonly isTooVaried: boolean;
  /** Messages that may be new, if they were asked for. */
  readonly uncertain: readonly MessageChange[];
}

/**
 * Messages of a place that are new or have returned.
 * @param uncertainSince - for messages since then of which nobody can tell, too: in epoch milliseconds by the clock of Redis
 */
export async function findNews(
  source: Source,
  place: Place,
  on: ReadonlySet<AlarmKind>,
  uncertainSince?: number,
): Promise<News> {
  const statuses: ChangeStatus[] = ['new', 'returned'];
  if (uncertainSince !== undefined) statuses.push('unknown');
  const { changes, at, isTooVaried } = await compare(source, place, NEWS_WINDOW, statuses);
  if (isTooVaried) return { findings: [], isTooVaried, uncertain: [] };
  const found: Finding[] = [];
  for (const change of changes) {
    const { status } = change;
    if ((status !== 'new' && status !== 'returned') || !on.has(status)) continue;
    const since = status === 'new' ? change.firstSeen?.getTime() : findReturn(change, at);
    if (since !== undefined) found.push(toFinding(place, status, change, since, at));
  }
  const uncertain = changes.filter(
    (change) => change.status === 'unknown' && mayHaveBegun(change, uncertainSince ?? 0),
  );
  return { findings: found, isTooVaried, uncertain };
}

/** Messages of a place that are surging, and came less often in all minutes before that are known. */
export async function findSurges(source: Source, place: Place): Promise<Finding[]> {
  const { changes, at } = await compare(source, place, SURGE_WINDOW, ['surging']);
  if (changes.length === 0) return [];
  const minutes = await readLongMinutes(source, place, new Set(changes.map(lastingKey)));
  return changes
    .filter((change) => isBeyondPeak(change.count, minutes.get(lastingKey(change)) ?? []))
    .map((change) => toFinding(place, 'surging', change, at, at));
}

/**
 * Whether a message comes at least twice as often as in the same time anywhere in the minutes before that are known. If it does
 * not, it comes and goes, as that of a job of each hour, or has grown for long, as in the morning.
 *
 * @param count - of the window
 * @param minutes - of the message, oldest first, with those of the window
 */
export function isBeyondPeak(count: number, minutes: readonly (number | null)[]): boolean {
  return classify(scoreAgainst(count, findPeak(minutes, SURGE_WINDOW.minutes))) === 'surging';
}

/**
 * A logger that has fallen silent.
 *
 * @param severities - all of the logger, the one last written under first
 * @param watchedSince - a silence that began before may be that of Redis
 */
export async function findSilentLogger(
  { connection, space }: Source,
  name: string,
  severities: readonly [string, ...string[]],
  watchedSince: number,
): Promise<Finding[]> {
  const all = await Promise.all(
    severities.map((severity) => readTotalsByMinute(connection, destinationKeys(space, name, severity))),
  );
  const minutes = sumMinutes(all.map(listMinutes));
  const silence = minutes && findSilence(minutes);
  if (!silence || silence.since < watchedSince) return [];
  const { since, expected } = silence;
  const at = new Date(Math.max(...all.map(({ now }) => now)));
  const beside = { count: 0, expected, firstSeen: null, sample: null, minutes: minutes.counts.slice(-60) };
  return [{ kind: 'silent', name, severity: severities[0], ...beside, at, key: '', since }];
}

async function compare(
  source: Source,
  { name, severity }: Place,
  window: { readonly minutes: number },
  statuses: readonly ChangeStatus[],
): Promise<{ changes: readonly MessageChange[]; at: number; isTooVaried: boolean }> {
  const options = { window, statuses, groupBy: 'pattern', merge: false, limit: MOST } as const;
  const [compared] = await compareSeverities(source, name, [severity], options);
  if (!compared) return { changes: [], at: 0, isTooVaried: false };
  const { changes, start, elapsed, isMemoryFull } = compared;
  return { changes, at: start.getTime() + elapsed * HOUR_MS, isTooVaried: isMemoryFull };
}

/** Whether the first log call of a message, of which nobody can tell whether it is new, may have been since a time. */
function mayHaveBegun({ firstSeen, lastSeen, minutes }: MessageChange, since: number): boolean {
  if (firstSeen) return firstSeen.getTime() + SECOND_MS > since;
  const isToMinute = minutes.some((calls) => calls !== null && calls > 0);
  return !lastSeen || lastSeen.getTime() + (isToMinute ? MINUTE_MS : HOUR_MS) > since;
}

/** The minute in which it came back: there is none before it in the last hour. */
function findReturn({ minutes }: MessageChange, at: number): number | undefined {
  const first = minutes.findIndex((calls) => calls !== null && calls > 0);
  return first < 0 ? undefined : (Math.floor(at / MINUTE_MS) - minutes.length + 1 + first) * MINUTE_MS;
}

function toFinding(place: Place, kind: AlarmKind, change: MessageChange, since: number, at: number): Finding {
  const { count, expected, firstSeen, sample, minutes } = change;
  const { name, severity } = place;
  const key = lastingKey(change);
  const beside = { count, expected, firstSeen, sample, minutes, at: new Date(at) };
  return { kind, name, severity, message: key, ...beside, key, since };
}
