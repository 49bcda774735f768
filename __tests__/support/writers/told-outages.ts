import type { FaultReport } from './fault-writer';

/** An outage, as a transport told of it. */
export interface ToldOutage {
  /** What was out: `Redis` or one destination. */
  readonly what: string;
  /** Whose log calls could not be written at first. */
  readonly destination: string;
  readonly cause: string;
  /** Log calls that were pending when it began, and when it was over. */
  readonly pending: readonly [number, number];
  readonly seconds: number;
}

const BEGINNING = /\[delivery\] cannot write to (?:(.+) for )?(\S+), (\d+) log calls pending: (.+)$/;
const END = /\[delivery\] (.+) can be written to again after (\d+\.\d) s, (\d+) log calls pending$/;
/** A note in it that fails is not tried again but with a later batch, which may never come. */
const INDEX = 'the index';

/**
 * The outages that a transport told of, in the order in which they were over, but for those of the index. Fails where it did
 * not tell of each once when it began and once when it was over, or told the URL of Redis, which may hold a password.
 */
export function outagesOf({ warnings }: Pick<FaultReport, 'warnings'>): ToldOutage[] {
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
