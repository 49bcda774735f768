/** Ends what a test has started. */

/** Returns a function that takes what is to be done after the test that runs; the last comes first. */
export function atEndOfTest(): (end: () => unknown) => void {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return (end) => void ends.push(end);
}
