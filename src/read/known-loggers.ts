/** Reads from the index which loggers there are, and which of them exist; in slices, since there may be tens of thousands. */

import type { Connection } from '../redis/connection';
import { findExisting } from '../redis/existing';
import { destinationKeys, type KeySpace, knownKey, parseKnownMember } from '../redis/keys';
import { readKnown } from './scripts';
import { Slices } from './slices';

/** Loggers that are looked for at once. */
const MOST = 500;

/** A logger name and severity under which something was logged. */
export interface KnownLogger {
  readonly name: string;
  readonly severity: string;
  /** When it was last written to, to the second, by the clock of Redis. */
  readonly lastSeen: Date;
}

/** The loggers in the index, of which some may have expired, the one last written to first. */
export async function readIndex(connection: Connection, space: KeySpace): Promise<KnownLogger[]> {
  const slices = new Slices();
  const loggers: KnownLogger[] = [];
  for (const [member, seconds] of await readKnown(connection, knownKey(space))) {
    if (slices.isOver()) await slices.pause();
    const destination = parseKnownMember(member, space);
    const lastSeen = new Date(seconds * 1000);
    if (destination && !Number.isNaN(lastSeen.getTime())) loggers.push({ ...destination, lastSeen });
  }
  return loggers;
}

/** Those of some loggers of which anything is left. */
export async function keepExisting(
  connection: Connection,
  space: KeySpace,
  loggers: readonly KnownLogger[],
): Promise<KnownLogger[]> {
  const existing: KnownLogger[] = [];
  for (let at = 0; at < loggers.length; at += MOST) {
    const some = loggers.slice(at, at + MOST);
    const keys = some.map(({ name, severity }) => destinationKeys(space, name, severity));
    const exist = await findExisting(connection, keys);
    existing.push(...some.filter((_, i) => exist[i]));
  }
  return existing;
}
