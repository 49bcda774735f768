import { Semaphore } from '../../src/write/semaphore';
import { setOwnClock } from '../support/own-clock';

/** A task that ends when it is told to. */
function task(): { run: () => Promise<void>; isRunning: () => boolean; end: (error?: Error) => void } {
  let isRunning = false;
  let end: (error?: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  const run = (): Promise<void> => {
    isRunning = true;
    return ended;
  };
  return { run, isRunning: () => isRunning, end: (error) => end(error) };
}

const resume = (task: () => void): void => task();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('semaphore', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    setOwnClock({ setTimeout, clearTimeout });
  });
  afterEach(() => {
    jest.useRealTimers();
    setOwnClock();
  });

  it('runs at most two tasks at once, and the next whenever one ends or fails', async () => {
    const semaphore = new Semaphore(resume, { first: 2, most: 2, longMs: 1000 });
    const tasks = [task(), task(), task(), task()] as const;
    const results = Promise.allSettled(tasks.map(({ run }) => semaphore.run(run)));
    await turn();
    expect(tasks.map(({ isRunning }) => isRunning())).toEqual([true, true, false, false]);
    tasks[1].end(new Error('failed'));
    await turn();
    expect(tasks.map(({ isRunning }) => isRunning())).toEqual([true, true, true, false]);
    tasks[2].end();
    await turn();
    expect(tasks[3].isRunning()).toBe(true);
    tasks[0].end();
    tasks[3].end();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('lends the permit of a slow task to the next one, and only once', async () => {
    const semaphore = new Semaphore(resume, { first: 1, most: 1, longMs: 1000 });
    const tasks = [task(), task(), task()] as const;
    const results = Promise.all(tasks.map(({ run }) => semaphore.run(run)));
    await jest.advanceTimersByTimeAsync(1000);
    await turn();
    expect(tasks.map(({ isRunning }) => isRunning())).toEqual([true, true, false]);
    tasks[0].end();
    await turn();
    expect(tasks[2].isRunning()).toBe(false);
    tasks[1].end();
    await turn();
    expect(tasks[2].isRunning()).toBe(true);
    tasks[2].end();
    await results;
  });

  it('runs one task more at once for each that has succeeded, up to its limit', async () => {
    const semaphore = new Semaphore(resume, { first: 1, most: 3, longMs: 1000 });
    const tasks = Array.from({ length: 7 }, task);
    const results = Promise.all(tasks.map(({ run }) => semaphore.run(run)));
    const running = (): number => tasks.filter(({ isRunning }) => isRunning()).length;
    const seen: number[] = [];
    for (const [i, { end }] of tasks.entries()) {
      await turn();
      seen.push(running() - i);
      end();
    }
    await results;
    expect(seen).toEqual([1, 2, 3, 3, 3, 2, 1]);
  });

  it('has a failed task count for the whole of longMs if that is asked for', async () => {
    const semaphore = new Semaphore(resume, { first: 1, most: 1, longMs: 1000, countsFailed: true });
    const tasks = [task(), task()] as const;
    const results = Promise.allSettled(tasks.map(({ run }) => semaphore.run(run)));
    tasks[0].end(new Error('failed'));
    await jest.advanceTimersByTimeAsync(999);
    expect(tasks[1].isRunning()).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(tasks[1].isRunning()).toBe(true);
    tasks[1].end();
    await results;
  });
});
