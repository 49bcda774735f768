/** The arguments of the script that writes a batch, and its reply: how they are encoded and decoded. */

import type { DestinationKeys, KeySpace } from '../redis/keys';
import { isCount } from '../redis/script';
import type { Batch, CountGroup } from './batch';
import type { Age, ServerTime, Stamp } from './server-time';

/** The keys of batches, and the bounds of the data under them. */
export interface WriteSettings extends KeySpace {
  readonly recentLimit: number;
  readonly commonLimit: number;
  /** Seconds from the last write until the keys expire; 0 for never. */
  readonly ttlSeconds: number;
  /** The version of the rules by which messages are grouped, without blanks; none if they are not. */
  readonly rules?: string | undefined;
}

/** A destination in the index, and when it was noted there, as Redis writes the number. */
export type IndexMember = readonly [member: string, seconds: string];

/** The reply of the write script. */
export interface WriteReply {
  /** False if an earlier try had been applied and its reply was lost. */
  readonly isApplied: boolean;
  /** Number of the writer's batch before this; that of this batch if it comes again. */
  readonly previous: number;
  /** Log calls of all batches of this writer that Redis has, except late ones. */
  readonly total: number;
  /** The hours of both windows; '' for none. */
  readonly start: string;
  readonly pstart: string;
  /** Log calls that were not counted: their hour is older than both windows. */
  readonly late: number;
  /** The other log calls, if an error ended an earlier try midway: it is unknown which of them are counted. */
  readonly part: number;
  /** Epoch milliseconds, by the clock of Redis. */
  readonly now: number;
  /** Whether the index has this second of the destination; undefined if that was not asked. */
  readonly isNoted: boolean | undefined;
  /** Some older members of the index, with the epoch seconds of their last note. */
  readonly older: readonly IndexMember[];
  /** The minute, since the epoch, in which all messages of the newest group are touched now; 0 for none. */
  readonly touchedIn: number;
  /** How many messages entered the memory of a week or came back after a day or more. */
  readonly fresh: number;
  /** The hour in which the batch was applied; an earlier one if its reply was lost. */
  readonly appliedIn: string;
}

/** Which keys a batch needs beside those that it always has. */
export interface KeyChoice {
  /** Whether to check first that every command is permitted. */
  readonly asksFirst: boolean;
  /** Whether the batch has lines to keep as samples: a key that may be missing is not named without need. */
  readonly hasSamples: boolean;
  /** The index if the destination is to be noted there, which is not possible in a cluster. */
  readonly known?: string | undefined;
}

/** Whether a batch has lines to keep as samples. */
export function hasSamples({ groups }: Pick<Batch, 'groups'>): boolean {
  return groups.some(({ samples }) => samples.length > 0);
}

/** The KEYS of the write script. */
export function encodeKeys(
  keys: DestinationKeys,
  { hashTag }: KeySpace,
  { asksFirst, hasSamples, known }: KeyChoice,
): string[] {
  const { recent, seq, common, start, last, pstart, writers, minutes, pulse, seen, samples, scratch } = keys;
  const encoded = [recent, seq, common, start, last, pstart, writers, minutes, pulse, seen];
  encoded.push(hasSamples ? samples : minutes);
  if (!hashTag || asksFirst) encoded.push(scratch);
  if (known !== undefined) encoded.push(known);
  return encoded;
}

/** What may differ from try to try of a batch. */
export interface Try {
  readonly writer: string;
  /** Whether to check first that every command is permitted. */
  readonly asksFirst: boolean;
  /** The destination as a member of the index, if it is to be noted there. */
  readonly member?: string | undefined;
  readonly now: Stamp;
  readonly serverTime: ServerTime;
}

/**
 * The ARGV of the write script. How long ago groups were logged is computed anew for each try, or a batch held up over the turn of
 * the hour would be counted in the wrong hour.
 */
export function encodeBatch(
  batch: Batch,
  settings: WriteSettings,
  { writer, asksFirst, member = '', now, serverTime }: Try,
): string[] {
  const { number, logged, numbered, late, lines } = batch;
  const { recentLimit, commonLimit, ttlSeconds, rules = '' } = settings;
  const args = [writer];
  for (const argument of [number, logged, numbered, recentLimit, commonLimit, ttlSeconds]) args.push(String(argument));
  args.push(
    asksFirst ? '1' : '0',
    member,
    String(serverTime.expected(now.at)),
    String(late),
    String(batch.touchedIn),
    String(batch.groups.length),
    String(lines.length),
    rules,
    ...lines,
  );
  for (const group of batch.groups) encodeGroup(args, group, serverTime.age(group, now));
  return args;
}

/**
 * Messages are arguments of their own, and their counts one for all. All texts in one argument, to be cut by the script, saved the
 * client up to two fifths of a large batch, but in most cases Redis took up to a fifth longer.
 */
function encodeGroup(args: string[], { messages, flagged, samples, minutes }: CountGroup, { ago, step }: Age): void {
  let more = flagged + samples.length + minutes.length > 0 ? `${flagged} ${samples.length}` : '';
  for (const { later, calls } of minutes) more += ` ${later} ${calls}`;
  let counts = '';
  if (messages.some(({ count }) => count !== 1)) for (const { count } of messages) counts += `${count} `;
  args.push(String(ago), String(step), String(messages.length), more, counts);
  for (const { message } of messages) args.push(message);
  args.push(...samples);
}

const COUNTS = [0, 1, 2, 5, 6, 7, 8, 10, 11];
const APPLIED_IN = 12;

/** Whether a reply can be of the write script. A batch must not pass for written because of any other. */
export function isWriteReply(reply: unknown): boolean {
  if (!Array.isArray(reply) || reply.length !== APPLIED_IN + 1) return false;
  return COUNTS.every((i) => isCount(reply[i])) && /^\d{4}-/.test(String(reply[APPLIED_IN]));
}

/** Decodes the reply of the write script, whatever types the client's type mapping gave to its parts. */
export function decodeReply(found: unknown): WriteReply {
  const reply = found as readonly unknown[];
  const at = (i: number): number => Number(reply[i]);
  return {
    isApplied: at(0) === 1,
    previous: at(1),
    total: at(2),
    start: String(reply[3]),
    pstart: String(reply[4]),
    late: at(5),
    part: at(6),
    now: at(7),
    isNoted: at(8) === 0 ? undefined : at(8) === 1,
    older: decodeMembers(reply[9]),
    touchedIn: at(10),
    fresh: at(11),
    appliedIn: String(reply[APPLIED_IN]),
  };
}

/** Decodes members of the index, each followed by its time. */
export function decodeMembers(flat: unknown): IndexMember[] {
  const parts: readonly unknown[] = Array.isArray(flat) ? flat : [];
  return Array.from({ length: parts.length / 2 }, (_, i) => [String(parts[2 * i]), String(parts[2 * i + 1])]);
}
