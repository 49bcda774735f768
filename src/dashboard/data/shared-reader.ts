/** Reads once what several requests want at the same time, within a deadline and with at most eight reads at once. */

import { errorMessage, OptionsError } from '../../errors';
import { withDeadline } from '../../redis/deadline';
import { isConfigurationError } from '../../redis/failures';
import type { View } from '../view';
import { type DashboardReader, gather, readLines } from './gather';
import type { ShownLine } from './lines';
import { UnknownLoggerError } from './loggers';
import { makeSnapshot, type Snapshot } from './snapshot';

/** A client that was passed in may wait for its Redis forever. */
const DEADLINE_MS = 5000;

/** A visitor who asks for ever other views must not keep all others from being answered. */
const MAX_READS = 8;

class BusyError extends Error {
  override name = 'BusyError';
}

/** Why nothing can be shown. */
export interface Trouble {
  /** The HTTP status to answer with. */
  readonly status: number;
  readonly text: string;
}

export class SharedReader {
  readonly #reader: DashboardReader;
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(reader: DashboardReader) {
    this.#reader = reader;
  }

  /** Views that differ only in their filter text or their order share a read. */
  snapshot(view: View): Promise<Snapshot | Trouble> {
    const { name, severities } = view;
    const isFiltered = view.filter !== '';
    return this.#share(['view', name, severities, isFiltered], () => gather(this.#reader, view)).then(
      (readings) => makeSnapshot(readings, view),
      explainFailure,
    );
  }

  line({ name }: View, key: string): Promise<ShownLine | Trouble> {
    return this.#share(['lines', name], () => readLines(this.#reader, name)).then(
      (lines) => lines.find((line) => line.key === key) ?? { status: 404, text: 'This line is no longer kept.' },
      explainFailure,
    );
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
