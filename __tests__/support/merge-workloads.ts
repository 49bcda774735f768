/** Keys whose merging takes long: full windows of this hour and the one before, and the memory of a week. */

/** Most messages of a window. */
const MESSAGES = 10_000;
/** Two windows and the memory of a week, if no message is in two of them. */
const KEYS = 3 * MESSAGES;
const SIDE = Math.ceil(Math.sqrt(KEYS));

function word(number: number): string {
  return `w_${number.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] as string)}`;
}

function makeKeys(make: (i: number) => string): string[] {
  return Array.from({ length: KEYS }, (_, i) => make(i));
}

/** By what is hard about them. */
export const MERGE_WORKLOADS: Readonly<Record<string, () => string[]>> = {
  'all one pattern': () => makeKeys((i) => `request of tenant ${word(i)} took <time>`),
  'patterns in two positions': () =>
    makeKeys((i) => `user ${word(i % SIDE)} of team ${word(Math.floor(i / SIDE))} logged in`),
  'patterns in three positions': () =>
    makeKeys(
      (i) => `user ${word(i % 31)} of team ${word(Math.floor(i / 31) % 31)} in room ${word(Math.floor(i / 961))}`,
    ),
  'nothing in common': () => makeKeys((i) => `${word(i)} of ${word(7 * i)} and ${word(11 * i)} failed`),
  'long keys': () => makeKeys((i) => `${'the same words again and '.repeat(11)}${word(i)} <number>`),
  'words that are no values': () => makeKeys((i) => `the payment failed: ${word(i % SIDE)} because: ${word(i)}`),
};
