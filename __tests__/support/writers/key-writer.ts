/** Writes counts and lines straight into the keys, as if they had been logged. */

import type { Workspace } from '../workspace';
import { storeSeen } from './seen';

/** Counts of a logger and severity, by message. */
export interface LoggedHours {
  readonly name: string;
  readonly severity: string;
  /** This hour. */
  readonly now?: Readonly<Record<string, number>>;
  /** The hour before. */
  readonly before?: Readonly<Record<string, number>>;
  /** Seconds since it was last seen. @default 0 */
  readonly seenAgo?: number;
}

/** Writes counts of this hour and the hour before, by the clock of Redis. */
export async function writeHours(
  workspace: Pick<Workspace, 'redis' | 'key'>,
  { name, severity, now = {}, before = {}, seenAgo = 0 }: LoggedHours,
): Promise<void> {
  const { redis } = workspace;
  const [seconds] = (await redis.sendCommand(['TIME'])) as unknown as [string];
  const isoHour = (ago: number): string =>
    `${new Date((Number(seconds) - ago * 3600) * 1000).toISOString().slice(0, 13)}:00:00`;
  const common = workspace.key(`common:${name}:${severity}`);
  const members = (counts: Readonly<Record<string, number>>): { value: string; score: number }[] =>
    Object.entries(counts).map(([value, score]) => ({ value, score }));
  if (members(now).length > 0) await redis.zAdd(common, members(now));
  if (members(before).length > 0) await redis.zAdd(`${common}:last`, members(before));
  await storeSeen(redis, common, Object.keys(now), Object.keys(before));
  await redis.set(`${common}:start`, isoHour(0));
  await redis.set(`${common}:pstart`, isoHour(1));
  await redis.zAdd(workspace.key('known'), { value: `${severity}:${name}`, score: Number(seconds) - seenAgo });
}

/** Writes lines that begin with their time, oldest first, in one step as a transport does. */
export async function writeLines(
  workspace: Pick<Workspace, 'redis' | 'key'>,
  { name, severity }: Pick<LoggedHours, 'name' | 'severity'>,
  lines: readonly string[],
): Promise<void> {
  const { redis } = workspace;
  await redis
    .multi()
    .lPush(workspace.key(`recent:${name}:${severity}`), [...lines])
    .incrBy(workspace.key(`recent:${name}:${severity}:seq`), lines.length)
    .zAdd(workspace.key('known'), { value: `${severity}:${name}`, score: Math.floor(Date.now() / 1000) })
    .exec();
}

/** A line of that second of one minute, with an ISO 8601 time. */
export function lineAt(second: number, message: string): string {
  return `2026-11-24T12:00:${String(second).padStart(2, '0')}.000Z ${message}`;
}
