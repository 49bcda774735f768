import { findPeak } from '../../src/watch/peaks';

describe('peak of the minutes of a message', () => {
  it.each([
    ['most calls of so many minutes on end', [1, 5, 2, 0, 3, 0, 0, 0], 3, 8],
    ['not those of the last ones', [1, 1, 1, 9, 9], 2, 2],
    ['those of fewer if no more are known', [4, 0, 9, 9], 2, 4],
    ['never across minutes that are not known', [3, null, 3, 3, 0, 0], 2, 6],
    ['none if nothing is known before', [null, null, 9, 9], 2, 0],
    ['none without any minutes', [], 15, 0],
  ])('is %s', (_, minutes, length, peak) => {
    expect(findPeak(minutes, length)).toBe(peak);
  });
});
