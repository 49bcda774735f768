import { DeliveryWarning } from '../errors';
import { isConfigurationError } from '../redis/failures';
import type { Batch } from './batch';
import type { Lane } from './lanes';
import type { Outages } from './outages';

const INDEX = 'the index';

interface NotesOptions {
  /** A destination has nothing more to write for now. */
  readonly onRest: () => void;
  readonly onWarning: (warning: DeliveryWarning) => void;
}

/**
 * Notes in the index where batches were written to, beside them: an index that cannot be written to, on another node of a
 * cluster, say, must not hold them up.
 */
export class Notes {
  readonly #outages: Outages;
  readonly #options: NotesOptions;
  #hasAskedPolicy = false;

  constructor(outages: Outages, options: NotesOptions) {
    this.#outages = outages;
    this.#options = options;
  }

  note(lane: Lane, batch: Batch): void {
    lane.noting ??= this.#note(lane, batch);
  }

  async #note(lane: Lane, batch: Batch): Promise<void> {
    const asksPolicy = !this.#hasAskedPolicy;
    this.#hasAskedPolicy = true;
    const policy = await lane.writer.note(batch, asksPolicy).catch((error: unknown) => this.#onFailed(lane, error));
    if (policy !== undefined) this.#onNoted(lane, policy);
    else if (asksPolicy) this.#hasAskedPolicy = false;
    lane.noting = undefined;
    if (!lane.isBusy) this.#options.onRest();
  }

  #onNoted(lane: Lane, policy: string): void {
    lane.hasFailedToNote = false;
    this.#outages.end(INDEX);
    if (!policy) return;
    const what = `Redis may evict what is logged: its maxmemory-policy is ${policy}, not noeviction`;
    this.#options.onWarning(new DeliveryWarning(what));
  }

  /** A note that was under way when Redis failed is no outage of its own. */
  #onFailed(lane: Lane, error: unknown): undefined {
    if (lane.hasFailedToNote || isConfigurationError(error)) this.#outages.begin(INDEX, lane.label, error);
    lane.hasFailedToNote = true;
  }
}
