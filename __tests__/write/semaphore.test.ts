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
    const semaphore = new Semaphore(2, 1000);
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
    const semaphore = new Semaphore(1, 1000);
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
});
