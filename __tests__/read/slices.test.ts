import { mapInSlices, Slices, sortInSlices } from '../../src/read/slices';

/** Which computations took a step in each turn of the event loop, until a promise settles. */
async function observeTurns(begin: (step: (id: number) => void) => Promise<unknown>): Promise<Set<number>[]> {
  const turns = [new Set<number>()];
  let isOver = false;
  const watch = (): void => {
    turns.push(new Set());
    if (!isOver) setImmediate(watch);
  };
  setImmediate(watch);
  await begin((id) => turns.at(-1)?.add(id));
  isOver = true;
  return turns;
}

const IDS = Array.from({ length: 8 }, (_, id) => id);
const numbers = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 10_007);

describe('computations in slices', () => {
  it('never share a turn of the event loop if several are begun in one', async () => {
    const turns = await observeTurns((step) =>
      Promise.all(
        IDS.map((id) =>
          sortInSlices(
            numbers,
            (a, b) => {
              step(id);
              return a - b;
            },
            new Slices(),
          ),
        ),
      ),
    );
    expect(turns.filter(({ size }) => size > 1)).toEqual([]);
    expect(new Set(turns.flatMap((ids) => [...ids])).size).toBe(IDS.length);
  });

  it('take turns, so that a short one need not wait for the end of long ones', async () => {
    const ends: number[] = [];
    const busy = (ms: number) => (): void => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    };
    const long = mapInSlices(Array.from({ length: 50 }), busy(2)).then(() => ends.push(1));
    const short = mapInSlices([1, 2], busy(0)).then(() => ends.push(2));
    await Promise.all([long, short]);
    expect(ends).toEqual([2, 1]);
  });
});

describe('sortInSlices', () => {
  it('gives the same order as a sort, and leaves equal items in theirs', async () => {
    const items = numbers.map((value, i) => ({ value: value % 100, i }));
    const compare = (a: { value: number }, b: { value: number }): number => a.value - b.value;
    expect(await sortInSlices(items, compare, new Slices())).toEqual([...items].sort(compare));
    expect(await sortInSlices([], compare, new Slices())).toEqual([]);
  });
});

describe('mapInSlices', () => {
  it('gives what the function makes of each item, in their order', async () => {
    expect(await mapInSlices(numbers, (number) => number + 1)).toEqual(numbers.map((number) => number + 1));
  });
});
