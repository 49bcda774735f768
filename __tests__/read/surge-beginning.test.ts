import { findSurgeBeginning } from '../../src/read/surge-beginning';

/** Sixty minutes: so many with one count, then the others. */
const minutes = (quiet: number, before: number, after: readonly (number | null)[]): (number | null)[] => [
  ...Array<number>(quiet).fill(before),
  ...after,
];

describe('beginning of a surge', () => {
  it.each([
    ['from nothing', minutes(53, 0, [3, 4, 2, 5, 4, 3, 1]), 53],
    ['from a low rate', minutes(50, 2, [20, 22, 18, 25, 19, 21, 20, 24, 22, 9]), 50],
    ['in the running minute', minutes(59, 2, [60]), 59],
    [
      'after a shorter one, which ended',
      [...minutes(20, 1, [9, 10, 9]), ...minutes(27, 1, [11, 9, 10, 12, 8, 10, 11, 9, 10, 5])],
      50,
    ],
    ['that has ended', minutes(40, 2, [30, 31, 28, 33, 2, 2, 1, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]), 40],
    [
      'after minutes that are not known',
      minutes(20, 500, [null, ...minutes(30, 2, [20, 22, 18, 25, 19, 21, 20, 24, 22])]),
      51,
    ],
  ])('%s is its first minute', (_, counts, first) => {
    expect(findSurgeBeginning(counts)).toBe(first);
  });

  it.each([
    ['nothing is known', Array<null>(60).fill(null)],
    ['only the surge is known', minutes(50, 2, [null, 20, 22, 18, 25, 19, 21, 20, 24, 22])],
    ['the last minute is not known', minutes(50, 2, [20, 22, 18, 25, 19, 21, 20, 24, 22, null])],
    ['it began more than an hour ago', minutes(0, 0, Array<number>(60).fill(20))],
    ['it grew little by little', Array.from({ length: 60 }, (_, i) => Math.floor(i / 3))],
    ['there are too few', minutes(50, 0, [0, 1, 0, 2, 1, 0, 1, 0, 1, 1])],
  ])('is not told if %s', (_, counts) => {
    expect(findSurgeBeginning(counts)).toBeUndefined();
  });
});
