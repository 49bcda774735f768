import { TaskTurns } from '../../src/write/task-turns';
import { setOwnClock } from '../support/own-clock';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns of tasks', () => {
  let now: number;
  let ran: number[];

  beforeEach(() => {
    now = 0;
    ran = [];
    setOwnClock({ now: () => now });
  });
  afterEach(() => setOwnClock());

  /** Tasks of so many milliseconds, half of which are in a promise. */
  function add(turns: TaskTurns, count: number, ms: number): void {
    for (let i = 0; i < count; i++) {
      turns.run(() => {
        ran.push(i);
        now += ms / 2;
        void Promise.resolve()
          .then(() => undefined)
          .then(() => (now += ms / 2));
      });
    }
  }

  async function readTurns(turns: number): Promise<number[]> {
    const counts: number[] = [];
    for (let i = 0; i < turns; i++) {
      const before = ran.length;
      await turn();
      counts.push(ran.length - before);
    }
    return counts;
  }

  it('end after five milliseconds, with what promises do, and go on in the next turn of the event loop', async () => {
    const turns = new TaskTurns();
    add(turns, 10, 2);
    expect(await readTurns(5)).toEqual([3, 3, 3, 1, 0]);
    expect(ran).toEqual(Array.from({ length: 10 }, (_, i) => i));
  });

  it('run each of a thousand short tasks in its order, in a few turns of the event loop', async () => {
    const turns = new TaskTurns();
    add(turns, 1000, 0);
    expect((await readTurns(6)).reduce((sum, count) => sum + count)).toBe(1000);
    expect(ran).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it('run a task that another one adds', async () => {
    const turns = new TaskTurns();
    turns.run(() => add(turns, 2, 6));
    await readTurns(4);
    expect(ran).toEqual([0, 1]);
  });
});
