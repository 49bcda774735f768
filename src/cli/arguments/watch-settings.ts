/** Checks what `watch` is to tell, whom, and for how long. */

import { UsageError } from '../errors';
import { ALARM_KINDS, type ParsedLine } from './command-line';
import { parseChoices, parseDuration, parseLevels, parseSince } from './values';

type Kind = (typeof ALARM_KINDS)[number];

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A silence is told after five whole minutes. */
const LEAST_SILENCE_MS = 420_000;

/** What to watch for, and what to do then. */
export interface WatchSettings {
  /** Undefined for what watchers tell by default. */
  readonly on: readonly Kind[] | undefined;
  /** Undefined for those that watchers look at by default. */
  readonly severities: readonly string[] | undefined;
  /** What began so long before is told as well, in milliseconds. */
  readonly beforeMs: number;
  /** How alarms leave the process, besides being printed; undefined if they do not. */
  readonly delivery: { readonly by: 'exec' | 'webhook'; readonly to: string } | undefined;
  /** Processes of one group share the work of a delivery; undefined for a group of those with equal settings. */
  readonly group: string | undefined;
  /** How long to watch, in milliseconds; undefined to go on until interrupted. */
  readonly forMs: number | undefined;
  /** What ends the program with code 1; empty if nothing does. */
  readonly failOn: readonly Kind[];
}

/** @throws UsageError */
export function parseWatch(values: ParsedLine<'watch'>['values']): WatchSettings {
  const failOn = parseChoices('--fail-on', values['fail-on'] ?? [], ALARM_KINDS);
  const forMs = values.for === undefined ? undefined : parseDuration('--for', values.for, 1000, 7 * DAY_MS);
  const on = [...new Set([...parseChoices('--on', values.on ?? [], ALARM_KINDS), ...failOn])];
  const delivery = parseDelivery(values);
  if (delivery === undefined && values.group !== undefined)
    throw new UsageError('--group goes with --exec or --webhook');
  if (delivery && values.since !== undefined) throw new UsageError(`--since does not go with --${delivery.by}`);
  if (failOn.length > 0) assertVerdict(failOn, delivery, forMs);
  return {
    on: on.length > 0 ? on : undefined,
    severities: parseLevels(values.level),
    beforeMs: values.since === undefined ? 0 : parseBefore(values.since),
    delivery,
    group: values.group,
    forMs,
    failOn,
  };
}

function parseDelivery({ exec, webhook }: ParsedLine<'watch'>['values']): WatchSettings['delivery'] {
  if (exec !== undefined && webhook !== undefined) throw new UsageError('--exec does not go with --webhook');
  if (exec?.trim() === '') throw new UsageError('--exec takes a command');
  if (exec !== undefined) return { by: 'exec', to: exec };
  return webhook === undefined ? undefined : { by: 'webhook', to: webhook };
}

/** A verdict is by one process, which must see everything, for a time that ends. */
function assertVerdict(failOn: readonly Kind[], delivery: WatchSettings['delivery'], forMs: number | undefined): void {
  if (delivery) throw new UsageError(`--fail-on does not go with --${delivery.by}`);
  if (forMs === undefined) throw new UsageError('--fail-on goes with --for, such as --for 10m');
  if (failOn.includes('silent') && forMs < LEAST_SILENCE_MS) {
    throw new UsageError('--fail-on silent goes with --for 7m or more: a silence is told after five minutes');
  }
}

function parseBefore(text: string): number {
  const ms = Date.now() - parseSince('--since', text).getTime();
  if (ms <= HOUR_MS + 1000 && ms >= -1000) return Math.max(0, ms);
  throw new UsageError(`--since takes at most an hour, which is how long a message is new, got '${text}'`);
}
