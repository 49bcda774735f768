/** Long computations in slices, so that the event loop of the application is never held for long. */

import { clock } from '../clock';

/** A computation goes on for so long in one turn of the event loop. */
const SLICE_MS = 5;
/** Steps between two looks at the clock. */
const STEPS = 64;
/** Items that are sorted without a look at the clock. */
const RUN = 500;

/** Computations that wait take turns: one slice of one of them in each turn of the event loop. */
let turns: Promise<void> = Promise.resolve();

function nextTurn(): Promise<void> {
  turns = turns.then(() => new Promise((resolve) => clock.setImmediate(resolve)));
  return turns;
}

/** Tells a computation when to pause: first before it becomes long, so that no two long ones begin in one turn. */
export class Slices {
  #steps = 0;
  #end = -Infinity;

  /**
   * To be asked at each step: whether it is time to pause.
   * @param steps - between two looks at the clock
   */
  isOver(steps = STEPS): boolean {
    return ++this.#steps % steps === 0 && clock.now() >= this.#end;
  }

  /** Resolves when it may go on. */
  async pause(): Promise<void> {
    await nextTurn();
    this.#end = clock.now() + SLICE_MS;
  }
}

/** What a function makes of each item. */
export async function mapInSlices<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
): Promise<Result[]> {
  const slices = new Slices();
  const results: Result[] = [];
  for (const item of items) {
    if (slices.isOver(1)) await slices.pause();
    results.push(map(item));
  }
  return results;
}

/** The items in order, by merging sorted runs. Equal items stay in order. */
export async function sortInSlices<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
  slices: Slices,
): Promise<Item[]> {
  let runs: Item[][] = [];
  for (let at = 0; at < items.length; at += RUN) {
    if (slices.isOver(1)) await slices.pause();
    runs.push(items.slice(at, at + RUN).sort(compare));
  }
  while (runs.length > 1) {
    const longer: Item[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      longer.push(await merge(runs[i] as Item[], runs[i + 1] ?? [], compare, slices));
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

async function merge<Item>(
  a: readonly Item[],
  b: readonly Item[],
  compare: (a: Item, b: Item) => number,
  slices: Slices,
): Promise<Item[]> {
  const merged: Item[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (slices.isOver()) await slices.pause();
    const isFirst = j >= b.length || (i < a.length && compare(a[i] as Item, b[j] as Item) <= 0);
    merged.push((isFirst ? a[i++] : b[j++]) as Item);
  }
  return merged;
}
