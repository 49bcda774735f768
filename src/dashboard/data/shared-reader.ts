/** Reads once what several requests want at the same time, within a deadline and with at most eight reads at once. */

import { clock } from '../../clock';
import { errorMessage, OptionsError } from '../../errors';
import { WatchedTotals } from '../../read/watched-totals';
import { withDeadline } from '../../redis/deadline';
import { isConfigurationError } from '../../redis/failures';
import type { View } from '../view';
import { type DashboardReader, gather, readLines } from './gather';
import type { ShownLine } from './lines';
import { UnknownLoggerError } from './loggers';
import { type AllTotals, groupTotals, makeOverview, type Overview } from './overview';
import { type MessageSnapshot, makeMessageSnapshot, makeSnapshot, type Snapshot } from './snapshot';

/** A client that was passed in may wait for its Redis forever. */
const DEADLINE_MS = 5000;

/** A visitor who asks for ever other views must not keep all others from being answered. */
const MAX_READS = 8;

/** The totals of all loggers are used again for so many times as long as it took to read them, and no longer than this. */
const REUSE_FACTOR = 10;
const MAX_REUSE_MS = 10_000;

class BusyError extends Error {
  override name = 'BusyError';
}

/** Why nothing can be shown. */
export interface Trouble {
  /** The HTTP status to answer with. */
  readonly status: number;
  readonly text: string;
}

/** A view of one logger. */
type LoggerView = View & { readonly name: string };

export class SharedReader {
  readonly #reader: DashboardReader;
  readonly #watchers: readonly string[];
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #watched: WatchedTotals;
  #totals: { readonly until: number; readonly all: AllTotals } | undefined;

  /** @param watchers - the groups of watchers whose alarms are looked for */
  constructor(reader: DashboardReader, watchers: readonly string[]) {
    this.#reader = reader;
    this.#watchers = [...watchers];
    this.#watched = new WatchedTotals(reader);
  }

  /** Views of the start page that differ only in their order share a read. */
  overview(view: View): Promise<Overview | Trouble> {
    const { filter, window } = view;
    return this.#share(['overview', filter, window], async () => {
      return makeOverview(this.#reader, await this.#readTotals(), view);
    }).catch(explainFailure);
  }

  /** Views that differ only in their filter text or their order share a read. */
  snapshot(view: LoggerView): Promise<Snapshot | Trouble> {
    return this.#gather(view).then((readings) => makeSnapshot(readings, view), explainFailure);
  }

  message(view: LoggerView, message: NonNullable<View['message']>): Promise<MessageSnapshot | Trouble> {
    return this.#gather(view).then((readings) => makeMessageSnapshot(readings, message, view.filter), explainFailure);
  }

  line({ name }: LoggerView, key: string): Promise<ShownLine | Trouble> {
    return this.#share(['lines', name], () => readLines(this.#reader, name)).then(
      (lines) => lines.find((line) => line.key === key) ?? { status: 404, text: 'This line is no longer kept.' },
      explainFailure,
    );
  }

  #gather(view: LoggerView) {
    const { name, severities, window, isExact, message } = view;
    const subject = ['view', name, severities, window, isExact, message, view.filter !== ''];
    return this.#share(subject, () => gather(this.#reader, view, this.#watchers));
  }

  async #readTotals(): Promise<AllTotals> {
    const began = clock.now();
    if (this.#totals && began < this.#totals.until) return this.#totals.all;
    return this.#share(['totals'], async () => {
      const all = await groupTotals(await this.#watched.read());
      const took = clock.now() - began;
      this.#totals = { until: clock.now() + Math.min(REUSE_FACTOR * took, MAX_REUSE_MS), all };
      return all;
    });
  }

  async #share<T>(subject: readonly unknown[], read: () => Promise<T>): Promise<T> {
    const id = JSON.stringify(subject);
    const underWay = this.#underWay.get(id) as Promise<T> | undefined;
    if (underWay) return withDeadline(underWay, DEADLINE_MS);
    if (this.#underWay.size >= MAX_READS) throw new BusyError();
    // Beyond its deadline a read is still under way: it counts until it ends.
    const work = read().finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, work);
    return withDeadline(work, DEADLINE_MS);
  }
}

/** Of an error of Redis only the code is shown: its text may name hosts and users. */
function explainFailure(error: unknown): Trouble {
  if (error instanceof UnknownLoggerError || error instanceof OptionsError) {
    return { status: 404, text: 'There is no logger with this name.' };
  }
  if (error instanceof BusyError) return { status: 503, text: 'Too many views are being read at once.' };
  const { code } = Object(error) as { code?: unknown };
  const word = /^[A-Z_]{4,}$/.exec(String(code)) ?? /^[A-Z]{4,}(?= )/.exec(errorMessage(error));
  const cause = word ? ` (${word[0]})` : '';
  const text = isConfigurationError(error) ? 'Redis refuses access' : 'Redis does not answer';
  return { status: 503, text: `${text}${cause}.` };
}
