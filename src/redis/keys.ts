/** Spells every key, and refuses names that would make two of them collide. */

import { OptionsError } from '../errors';

/** Longest logger name and severity, in bytes of UTF-8. */
const MAX_BYTES = 128;

/** Suffixes of keys. Used as a severity, each would alias a key of another logger. */
const RESERVED = new Set([
  'last',
  'start',
  'pstart',
  'seq',
  'writers',
  'scratch',
  'minutes',
  'pulse',
  'seen',
  'samples',
  'alarms',
  'news',
]);

/** Put before a destination in the index for when a message was last new in it. It is no severity. */
export const NEWS = 'news:';

/** How long a message is remembered after it was last seen, in hours: a week. */
export const SEEN_HOURS = 168;

/** Messages beyond the limit of distinct ones are counted together under this one. */
export const OTHER = '<other>';

/** The keys of one destination: one logger name and severity. */
export interface DestinationKeys {
  readonly recent: string;
  readonly seq: string;
  readonly common: string;
  readonly start: string;
  readonly last: string;
  readonly pstart: string;
  readonly writers: string;
  /** Log calls of each minute. */
  readonly minutes: string;
  /** The minutes of each message. */
  readonly pulse: string;
  /** When each message was seen. */
  readonly seen: string;
  /** A line of each message. */
  readonly samples: string;
  /** Holds nothing: commands are tried on it. */
  readonly scratch: string;
}

/** The part of all keys that a deployment chooses. */
export interface KeySpace {
  /** Put before every key. */
  readonly prefix: string;
  /** Whether the logger name is a hash tag, so that a destination's keys share a cluster slot. */
  readonly hashTag: boolean;
}

/** The keys of a destination. Two valid destinations never share a key: a severity holds no colon and no reserved word. */
export function destinationKeys({ prefix, hashTag }: KeySpace, name: string, severity: string): DestinationKeys {
  const destination = `${hashTag ? `{${name}}` : name}:${severity}`;
  const recent = `${prefix}recent:${destination}`;
  const common = `${prefix}common:${destination}`;
  return {
    recent,
    seq: `${recent}:seq`,
    common,
    start: `${common}:start`,
    last: `${common}:last`,
    pstart: `${common}:pstart`,
    writers: `${common}:writers`,
    minutes: `${common}:minutes`,
    pulse: `${common}:pulse`,
    seen: `${common}:seen`,
    samples: `${common}:samples`,
    scratch: `${common}:scratch`,
  };
}

/** The keys that watchers of one group share. All are in one slot of a cluster. */
export interface WatchKeys {
  /** Who of them watches. */
  readonly lease: string;
  /** What whoever watches leaves to a successor. */
  readonly watch: string;
  /** When each message was last told. */
  readonly told: string;
  /** When which alarms were delivered. */
  readonly history: string;
  /** Alarms that wait for their delivery. */
  readonly pending: string;
  /** When each of these is due. */
  readonly due: string;
  /** What is not to be told. */
  readonly mutes: string;
}

/** The keys of a group of watchers. */
export function watchKeys({ prefix }: Pick<KeySpace, 'prefix'>, group: string): WatchKeys {
  const alarms = `${prefix}alarms:{${group}}`;
  return {
    lease: `${alarms}:lease`,
    watch: `${alarms}:watch`,
    told: `${alarms}:told`,
    history: `${alarms}:history`,
    pending: `${alarms}:pending`,
    due: `${alarms}:due`,
    mutes: `${alarms}:mutes`,
  };
}

/** The index of the destinations that exist. */
export function knownKey({ prefix }: KeySpace): string {
  return `${prefix}known`;
}

/** A destination as a member of the index. The severity comes first: it holds no colon, so the rest is the name. */
export function knownMember(name: string, severity: string): string {
  return `${severity}:${name}`;
}

/** The member of the index that has when a message was last new in a destination. */
export function newsMember(member: string): string {
  return `${NEWS}${member}`;
}

/** The destination's own member, and whether it was one of news. */
export function splitNewsMember(member: string): { member: string; isNews: boolean } {
  return member.startsWith(NEWS) ? { member: member.slice(NEWS.length), isNews: true } : { member, isNews: false };
}

/** The destination that a member of the index stands for; undefined for one that no writer has put there. */
export function parseKnownMember(
  member: string,
  space: Pick<KeySpace, 'hashTag'> = { hashTag: false },
): { name: string; severity: string } | undefined {
  const colon = member.indexOf(':');
  // Half of the members may be of news. An error for each would take most of the time of reading them.
  if (colon < 0 || member.startsWith(NEWS)) return undefined;
  const [severity, name] = [member.slice(0, colon), member.slice(colon + 1)];
  try {
    assertName(name, space);
    assertSeverity(severity);
  } catch {
    return undefined;
  }
  return { name, severity };
}

/**
 * Refuses a logger name that cannot stand in a key.
 * @throws {@link OptionsError}
 */
export function assertName(
  name: unknown,
  { hashTag }: Pick<KeySpace, 'hashTag'>,
  option = 'name',
): asserts name is string {
  assertText(name, option);
  if (hashTag && /[{}]/.test(name)) {
    throw new OptionsError(option, 'no { or } with a cluster client', name);
  }
}

/**
 * Refuses a severity that would reach another logger's keys.
 * @throws {@link OptionsError}
 */
export function assertSeverity(severity: unknown, option = 'severity'): asserts severity is string {
  assertText(severity, option);
  if (severity.includes(':')) throw new OptionsError(option, 'a severity without a colon', severity);
  if (RESERVED.has(severity)) {
    throw new OptionsError(
      option,
      `none of the reserved words ${[...RESERVED].join(', ')} (map it with severities)`,
      severity,
    );
  }
}

/**
 * Refuses a prefix that would move the hash tag.
 * @throws {@link OptionsError}
 */
export function assertPrefix(prefix: unknown, { hashTag }: Pick<KeySpace, 'hashTag'>): asserts prefix is string {
  if (typeof prefix !== 'string' || !prefix.isWellFormed()) {
    throw new OptionsError('keyPrefix', 'a string without lone surrogates', prefix);
  }
  if (hashTag && /[{}]/.test(prefix)) {
    throw new OptionsError('keyPrefix', 'no { or } with a cluster client', prefix);
  }
}

function assertText(text: unknown, option: string): asserts text is string {
  if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > MAX_BYTES || !text.isWellFormed()) {
    throw new OptionsError(option, `a string of 1 to ${MAX_BYTES} bytes without lone surrogates`, text);
  }
}
