/** Remembers the lanes in use, and a bounded number of idle ones: a logger name can be made of anything. */

/** Most idle lanes that are remembered. */
const MAX_IDLE = 10_000;

interface Registered {
  readonly name: string;
  /** Tells apart the lanes of one name. */
  readonly key: string;
}

/** Lanes by logger name and key. Of the idle ones, those that have been idle for longest are forgotten first. */
export class LaneRegistry<Lane extends Registered> {
  readonly #lanes = new Map<string, Map<string, Lane>>();
  #size = 0;
  /** In the order in which they came to rest. */
  readonly #idle = new Set<Lane>();
  /** Goes through `#idle` once and for all: all that were before its place are forgotten or busy, or have moved to the end. */
  readonly #oldest = this.#idle.values();
  readonly #onForgotten: (lane: Lane) => void;

  constructor(onForgotten: (lane: Lane) => void = () => undefined) {
    this.#onForgotten = onForgotten;
  }

  /** Logger names of the lanes. */
  names(): string[] {
    return [...this.#lanes.keys()];
  }

  /** How many lanes are not idle. */
  get busy(): number {
    return this.#size - this.#idle.size;
  }

  find(name: string, key: string): Lane | undefined {
    return this.#lanes.get(name)?.get(key);
  }

  /** Adds a lane that is idle as yet. */
  add(lane: Lane): void {
    const { name, key } = lane;
    const lanes = this.#lanes.get(name);
    if (lanes) lanes.set(key, lane);
    else this.#lanes.set(name, new Map([[key, lane]]));
    this.#size++;
    this.onRest(lane);
  }

  onBusy(lane: Lane): void {
    this.#idle.delete(lane);
  }

  /** Forgets the lane that has been idle for longest, if there is one too many. */
  onRest(lane: Lane): void {
    // A note in the index may end after its lane was forgotten.
    if (this.find(lane.name, lane.key) !== lane) return;
    this.#idle.add(lane);
    if (this.#idle.size > MAX_IDLE) this.#forget(this.#oldest.next().value as Lane);
  }

  #forget(lane: Lane): void {
    const { name, key } = lane;
    this.#idle.delete(lane);
    this.#size--;
    const lanes = this.#lanes.get(name);
    lanes?.delete(key);
    if (lanes?.size === 0) this.#lanes.delete(name);
    this.#onForgotten(lane);
  }
}
