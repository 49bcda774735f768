import { errorMessage, OptionsError } from '../../errors';
import { withDeadline } from '../../redis/connection';
import { isConfigurationError } from '../../redis/failures';
import type { View } from '../view';
import { type DashboardReader, gather, readLines } from './gather';
import { UnknownLoggerError } from './loggers';
import type { ShownLine } from './samples';
import { type Snapshot, snapshotOf } from './snapshot';

/** A client that was passed in may wait for its Redis without end. */
const DEADLINE_MS = 5000;

/** Reads at once: who asks for ever other things must not keep all others from being answered. */
const MOST_READS = 8;

class BusyError extends Error {
  override name = 'BusyError';
}

/** Why there is nothing to be shown. */
export interface Trouble {
  /** Of HTTP. */
  readonly status: number;
  readonly text: string;
}

/** Reads what is shown. What is asked for by several at the same time is read once. */
export class Source {
  readonly #reader: DashboardReader;
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(reader: DashboardReader) {
    this.#reader = reader;
  }

  /** How lines are filtered and messages ordered is no matter of what is read. */
  snapshot(view: View): Promise<Snapshot | Trouble> {
    const { name, severities } = view;
    const isFiltered = view.filter !== '';
    return this.#shared(['view', name, severities, isFiltered], () => gather(this.#reader, view)).then(
      (readings) => snapshotOf(readings, view),
      troubleOf,
    );
  }

  line({ name }: View, key: string): Promise<ShownLine | Trouble> {
    return this.#shared(['lines', name], () => readLines(this.#reader, name)).then(
      (lines) => lines.find((line) => line.key === key) ?? { status: 404, text: 'This line is no longer kept.' },
      troubleOf,
    );
  }

  async #shared<T>(what: readonly unknown[], read: () => Promise<T>): Promise<T> {
    const id = JSON.stringify(what);
    const underWay = this.#underWay.get(id) as Promise<T> | undefined;
    if (underWay) return underWay;
    if (this.#underWay.size >= MOST_READS) throw new BusyError();
    const work = withDeadline(read(), DEADLINE_MS).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, work);
    return work;
  }
}

/** What Redis says is not told, but for its first word: it may name hosts and users. */
function troubleOf(error: unknown): Trouble {
  if (error instanceof UnknownLoggerError || error instanceof OptionsError) {
    return { status: 404, text: 'There is no logger of this name.' };
  }
  if (error instanceof BusyError) return { status: 503, text: 'Too much is being asked for.' };
  const { code } = Object(error) as { code?: unknown };
  const word = /^[A-Z_]{4,}$/.exec(String(code)) ?? /^[A-Z]{4,}(?= )/.exec(errorMessage(error));
  const cause = word ? ` (${word[0]})` : '';
  const text = isConfigurationError(error) ? 'Redis refuses to be read' : 'Redis does not answer';
  return { status: 503, text: `${text}${cause}.` };
}
