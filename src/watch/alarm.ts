/** What a watcher tells: alarms, digests of many of them, and the identity of each. */

import type { Sample } from '../read/message-change';
import { hashTexts } from '../record/text-hash';
import { escapeCharacters, INVISIBLE } from '../visible';

/**
 * What an alarm is about. `'new'` and `'returned'` are statuses of a message in `reader.changes()`; `'surging'` is one that came in
 * fifteen minutes at least twice as often as its past predicts, and as in any other fifteen minutes that are known of it;
 * `'silent'` is a logger that spoke in each of 30 minutes and has said nothing, under any severity, for the five after them.
 */
export type AlarmKind = 'new' | 'returned' | 'surging' | 'silent';

/** What an alarm may be about. */
export const KINDS: readonly AlarmKind[] = ['new', 'returned', 'surging', 'silent'];

/** One alarm, of a message or of a logger that fell silent. */
export interface Alarm {
  /** The same in each repeat, in any process, and different for any other alarm: letters, digits, `-` and `_`. */
  readonly id: string;
  readonly kind: AlarmKind;
  readonly name: string;
  /** That of the message; of a logger that fell silent, the one last written under. */
  readonly severity: string;
  /** The message with a placeholder for each part that varies, as {@link parameterize} gives it; undefined for a silent logger. */
  readonly message?: string;
  /**
   * Log calls: of the last 60 minutes for `'new'` and `'returned'`, of the last minutes for `'surging'`, 0 for `'silent'`.
   */
  readonly count: number;
  /** Log calls that the past predicts for the same time. */
  readonly expected: number;
  /** The first log call in the memory of a week, to the second; null if it is not known, and for a silent logger. */
  readonly firstSeen: Date | null;
  /** A line with the message; null if none is kept, and in a digest. */
  readonly sample: Sample | null;
  /** Log calls of the last 60 minutes, oldest first; null for a minute that is not known. Empty in a digest. */
  readonly minutes: readonly (number | null)[];
  /** When it was decided, by the clock of Redis. */
  readonly at: Date;
}

/** All alarms of a minute beyond the first `digestAbove`, as one. */
export interface AlarmDigest {
  readonly id: string;
  readonly kind: 'digest';
  /** How many alarms there are. */
  readonly count: number;
  /** All of them, in the order in which they came, without samples and minutes. */
  readonly alarms: readonly Alarm[];
  /** When the first of them was decided, by the clock of Redis. */
  readonly at: Date;
}

/** An alarm without its identity. */
export type Finding = Omit<Alarm, 'id'> & {
  /** The key of the message by `parameterize`; empty for a silent logger. */
  readonly key: string;
  /** Epoch milliseconds: when what is told began. It is told once. */
  readonly since: number;
};

/** The alarm of a finding under a key prefix. */
export function toAlarm(prefix: string, { key, since, ...rest }: Finding): Alarm {
  const id = hashTexts(prefix, rest.name, rest.severity, rest.kind, key, Math.floor(since / 1000));
  return { id, ...rest };
}

/** One digest of alarms. */
export function toDigest(alarms: readonly Alarm[]): AlarmDigest {
  const brief = alarms.map((alarm) => ({ ...alarm, sample: null, minutes: [] }));
  brief.sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1));
  const at = brief[0]?.at ?? new Date(0);
  return {
    id: hashTexts('digest', ...brief.map(({ id }) => id)),
    kind: 'digest',
    count: alarms.length,
    alarms: brief,
    at,
  };
}

/** An alarm as a text that {@link parseAlarm} reads. */
export function encodeAlarm(alarm: Alarm): string {
  return JSON.stringify(alarm);
}

/** The alarm of such a text; undefined for any other text. */
export function parseAlarm(text: string): Alarm | undefined {
  try {
    const { firstSeen, sample, at, ...rest } = JSON.parse(text) as Alarm;
    const alarm = {
      ...rest,
      firstSeen: firstSeen === null ? null : new Date(firstSeen),
      sample: sample === null ? null : { ...sample, time: new Date(sample.time) },
      at: new Date(at),
    };
    const isAlarm = typeof alarm.id === 'string' && KINDS.includes(alarm.kind) && !Number.isNaN(alarm.at.getTime());
    return isAlarm ? alarm : undefined;
  } catch {
    return undefined;
  }
}

const HIDDEN_CHARACTERS = new RegExp(INVISIBLE, 'gu');

/**
 * An alarm as one line of plain text, such as `new error in shop: payment refused (12 times, first 2026-11-24T12:41:07Z)`.
 * Characters that could deceive the eye or a terminal are escapes. It is text of the log all the same: escape it for HTML or
 * Markdown.
 */
export function alarmText(alarm: Alarm | AlarmDigest): string {
  return describeAlarm(alarm, (time) => time.toISOString().replace('.000', ''));
}

/** The same with times as people read them. */
export function describeAlarm(alarm: Alarm | AlarmDigest, timeText: (time: Date) => string): string {
  if (alarm.kind === 'digest') return digestText(alarm);
  const { kind, name, severity, message = '', count, expected, firstSeen } = alarm;
  if (kind === 'silent') return visible(`${name} has fallen silent (${round(expected)} log calls expected)`);
  const first = firstSeen && kind === 'new' ? `, first ${timeText(firstSeen)}` : '';
  const beside = kind === 'surging' ? `, ${round(expected)} expected` : '';
  return visible(
    `${kind} ${severity} in ${name}: ${message} (${count} time${count === 1 ? '' : 's'}${first}${beside})`,
  );
}

/** An alarm with its line of plain text as `text`: what a webhook or a command gets as JSON. */
export function withText<Told extends Alarm | AlarmDigest>(alarm: Told): Told & { readonly text: string } {
  return { ...alarm, text: alarmText(alarm) };
}

function digestText({ alarms, count }: AlarmDigest): string {
  const names = [...new Set(alarms.map(({ name }) => name))];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return visible(`${count} more alarms in ${names.slice(0, 3).join(', ')}${more}`);
}

function round(expected: number): string {
  return expected < 10 ? String(Math.round(expected * 10) / 10) : String(Math.round(expected));
}

function visible(text: string): string {
  return text.replace(HIDDEN_CHARACTERS, escapeCharacters);
}
