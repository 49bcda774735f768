/** Measures how long a computation holds the event loop. */

/** CPU time in milliseconds. */
export interface Turns {
  readonly all: number;
  readonly longest: number;
}

/** Runs a computation, and watches the turns of the event loop meanwhile. */
export async function watchTurns(run: () => Promise<unknown>): Promise<Turns> {
  let longest = 0;
  let isOver = false;
  // Time of the processor, not of the clock: other processes of a busy machine do not count.
  let last = process.cpuUsage();
  const watch = (): void => {
    longest = Math.max(longest, readTime(last));
    last = process.cpuUsage();
    if (!isOver) setImmediate(watch);
  };
  setImmediate(watch);
  const before = process.cpuUsage();
  await run();
  const all = readTime(before);
  isOver = true;
  await new Promise((resolve) => setImmediate(resolve));
  return { all, longest };
}

function readTime(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
