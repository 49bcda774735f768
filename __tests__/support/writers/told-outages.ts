/** Reads the outages of a transport out of its warnings. */

import type { FaultReport } from './fault-writer';

/** An outage, as the warnings of a transport tell it. */
export interface ToldOutage {
  /** `Redis` or one destination. */
  readonly what: string;
  /** The first destination that could not be written to. */
  readonly destination: string;
  readonly cause: string;
  /** Pending log calls at its beginning and at its end. */
  readonly pending: readonly [number, number];
  readonly seconds: number;
}

const BEGINNING = /\[delivery\] cannot write to (?:(.+) for )?(\S+), (\d+) log calls pending: (.+)$/;
const END = /\[delivery\] (.+) can be written to again after (\d+\.\d) s, (\d+) log calls pending$/;
/** A failed note in it is tried again only with a later batch, which may never come. */
const INDEX = 'the index';

/**
 * The outages in the warnings, in the order of their ends, without those of the index. Fails if a transport did not warn
 * once at the beginning and once at the end of each, or showed the URL of Redis, which may hold a password.
 */
export function readOutages({ warnings }: Pick<FaultReport, 'warnings'>): ToldOutage[] {
  const told: ToldOutage[] = [];
  const open = new Map<string, ToldOutage>();
  for (const warning of warnings) {
    if (/rediss?:/.test(warning)) throw new Error(`tells a URL: ${warning}`);
    const [isBeginning, where, destination = '', before, cause = ''] = BEGINNING.exec(warning) ?? [];
    const [isEnd, over = '', seconds, after] = END.exec(warning) ?? [];
    const what = where ?? destination;
    if (what === INDEX || over === INDEX) continue;
    if (isBeginning && open.has(what)) throw new Error(`told of twice: ${warning}`);
    if (isBeginning) open.set(what, { what, destination, cause, pending: [Number(before), 0], seconds: 0 });
    const begun = open.get(over);
    if (isEnd && !begun) throw new Error(`told to be over, and never to have begun: ${warning}`);
    if (!isEnd || !begun) continue;
    told.push({ ...begun, pending: [begun.pending[0], Number(after)], seconds: Number(seconds) });
    open.delete(over);
  }
  if (open.size > 0) throw new Error(`never told to be over: ${[...open.keys()].join()}`);
  return told;
}
