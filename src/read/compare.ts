/** Compares several severities of a logger with what it logged before. */

import { assertBoolean, OptionsError } from '../errors';
import type { Connection } from '../redis/connection';
import { type DestinationKeys, destinationKeys, type KeySpace } from '../redis/keys';
import { compareMessages } from './changes';
import type { Comparison } from './comparer';
import { readIndex } from './known-loggers';
import { type Memory, readMemory, readSamples, readTotalsByMinute, type TotalsByMinute } from './memory';
import { type MessageChange, parseSample } from './message-change';
import { isLoggedBefore } from './minutes';
import { assertReadOptions } from './option-names';
import { findPatterns } from './patterns';
import { Slices } from './slices';
import type { Source } from './source';
import type { ChangeStatus } from './surge';
import { areMostlyUnique } from './uniqueness';
import { assertGrouping, type GroupOptions, isByPattern } from './variants';
import { assertLimit, assertWindow, type MinuteWindow } from './windows';

const HOUR_MS = 3_600_000;
/** Messages whose samples are read. */
const MOST_SAMPLED = 2000;
/** The memory of a week holds 10,000 messages, but for those that are taken out for others to come. */
const FULL_MEMORY = 9900;

/** How many changes to read, and what is known about them. */
export interface ChangesOptions extends GroupOptions {
  /** This hour, or the last minutes, from 1 to 60. @default 'current' */
  readonly window?: 'current' | MinuteWindow | undefined;
  /** Most rows of a severity to return, the most surprising; at least 1. All by default. */
  readonly limit?: number | undefined;
  /** Only rows of these statuses. All by default. */
  readonly statuses?: readonly ChangeStatus[] | undefined;
  /**
   * Whether the logger logged anything in the hour before under severities that are not asked for. If it did, the messages of
   * a severity that was silent then are new. A caller who knows it saves a read.
   * @default read from Redis if it matters
   */
  readonly hasBaseline?: boolean | undefined;
}

const CHANGES_OPTIONS: Readonly<Record<keyof ChangesOptions, true>> = {
  window: true,
  limit: true,
  statuses: true,
  hasBaseline: true,
  groupBy: true,
  merge: true,
};

/** When counts were read, by the clock of Redis. */
export interface HourProgress {
  /** Beginning of this hour. */
  readonly start: Date;
  /** How much of it has passed, from 0 to 1. */
  readonly elapsed: number;
}

/** The changes of one severity of a logger. */
export interface SeverityChanges extends HourProgress {
  readonly severity: string;
  /** New and surging messages first, by score, then fading ones, then the others. */
  readonly changes: readonly MessageChange[];
  /**
   * Whether nearly all messages, of at least 100 in these two hours, were counted once: counting them by pattern or by template would
   * say more.
   */
  readonly isMostlyUnique: boolean;
  /**
   * Whether more messages came within the week than its memory holds, so that what seems to be new may have been there before. Only
   * known of patterns.
   */
  readonly isMemoryFull: boolean;
}

/** The changes of severities of a logger, in their order. */
export async function compareSeverities(
  source: Source,
  name: string,
  severities: readonly string[],
  options: ChangesOptions = {},
): Promise<SeverityChanges[]> {
  assertReadOptions(options, CHANGES_OPTIONS);
  const { limit, hasBaseline, statuses, window = 'current' } = options;
  assertGrouping(options);
  assertStatuses(statuses);
  assertLimit(limit);
  assertBoolean(hasBaseline, 'hasBaseline');
  assertWindow(window, ['current']);
  const keys = severities.map((severity) => destinationKeys(source.space, name, severity));
  // One after the other: the replies of full windows take long to decode, and would all come in one turn.
  const memories: Memory[] = [];
  for (const each of keys) memories.push(await readMemory(source.connection, each, isByPattern(options)));
  const minutes = typeof window === 'object' ? window.minutes : undefined;
  const others = await readOthers(source, name, severities, memories, hasBaseline, minutes);
  const summaries = [...memories.map(summarize), ...others];
  const compared: SeverityChanges[] = [];
  for (const [i, memory] of memories.entries()) {
    const { start, elapsed } = toProgress(memory.now);
    const comparison = compareWith(memory, summaries, minutes, hasBaseline);
    const at = keys[i] as DestinationKeys;
    const patterns = await findPatterns(source.patterns, at, memory, options);
    const all = await compareMessages(memory, comparison, patterns);
    const wanted = statuses ? all.filter(({ status }) => statuses.includes(status)) : all;
    const changes = wanted.slice(0, limit);
    const sampled = memory.hasSamples ? await addSamples(source.connection, at, changes) : changes;
    const isMostlyUnique = await areMostlyUnique(memory);
    const isMemoryFull = isByPattern(options) && memory.seen.size >= FULL_MEMORY;
    const severity = severities[i] as string;
    compared.push({ severity, start, elapsed, changes: sampled, isMostlyUnique, isMemoryFull });
  }
  return compared;
}

/** What a severity is compared with, given what was read of all of its logger. */
export function compareWith(
  memory: Memory,
  all: readonly TotalsByMinute[],
  minutes: number | undefined,
  hasBaseline = false,
): Comparison {
  const hour = toProgress(memory.now).start.getTime();
  // The hour may have turned between two reads: only reads in the same hour have the same hour before.
  const peers = all.filter((other) => toProgress(other.now).start.getTime() === hour);
  const since =
    memory.isBorn || memory.seenSince === undefined ? all.map((other) => other.seenSince) : [memory.seenSince];
  const loggerSince = Math.min(...since.filter((second) => second !== undefined));
  return { minutes, hasBaseline: hasBaseline || peers.some((peer) => isLoggedBefore(peer, minutes)), loggerSince };
}

/** What the comparison of a severity needs of another. */
export function summarize({ now, sums, minutes, since, seenSince, isBorn }: Memory): TotalsByMinute {
  return { now, ...sums, minutes, since, seenSince, isBorn };
}

export function toProgress(now: number): HourProgress {
  return { start: new Date(now - (now % HOUR_MS)), elapsed: (now % HOUR_MS) / HOUR_MS };
}

/** The other severities of a logger, if it matters whether it was active, or since when it is known. */
async function readOthers(
  { connection, space, listSeverities }: Source,
  name: string,
  severities: readonly string[],
  memories: readonly Memory[],
  hasBaseline: boolean | undefined,
  minutes: number | undefined,
): Promise<TotalsByMinute[]> {
  const isSilent = memories.every(({ previous }) => previous.length === 0);
  const isAsked = hasBaseline === undefined && isSilent && memories.some(({ current }) => current.length > 0);
  const isYoung = memories.some(({ isBorn, seenSince = 0, now }) => isBorn && now - seenSince * 1000 < 2 * HOUR_MS);
  if (!isAsked && !isYoung && minutes === undefined) return [];
  const known = listSeverities?.(name) ?? (await readSeverities(connection, space, name));
  const others = known.filter((severity) => !severities.includes(severity));
  return Promise.all(others.map((severity) => readTotalsByMinute(connection, destinationKeys(space, name, severity))));
}

async function readSeverities(connection: Connection, space: KeySpace, name: string): Promise<string[]> {
  const known = await readIndex(connection, space);
  return known.filter((logger) => logger.name === name).map(({ severity }) => severity);
}

async function addSamples(
  connection: Connection,
  keys: DestinationKeys,
  changes: MessageChange[],
): Promise<MessageChange[]> {
  const each = Math.max(1, Math.floor(MOST_SAMPLED / Math.max(1, changes.length)));
  const candidates = changes
    .slice(0, MOST_SAMPLED)
    .map(({ message, variants }) => variants?.slice(0, each).map((one) => one.message) ?? [message]);
  const lines = await readSamples(connection, keys, candidates.flat().slice(0, MOST_SAMPLED));
  const slices = new Slices();
  const sampled: MessageChange[] = [];
  for (const [i, change] of changes.slice(0, MOST_SAMPLED).entries()) {
    if (slices.isOver(16)) await slices.pause();
    const message = candidates[i]?.find((each) => lines.has(each));
    sampled.push(message === undefined ? change : { ...change, sample: parseSample(lines.get(message)) });
  }
  return [...sampled, ...changes.slice(MOST_SAMPLED)];
}

function assertStatuses(statuses: unknown): void {
  if (statuses === undefined || Array.isArray(statuses)) return;
  throw new OptionsError('statuses', 'an array of statuses', statuses);
}
