import { clock } from '../../src/clock';
import type { Batch } from '../../src/write/batch';
import { Destination, Pending } from '../../src/write/pending';
import { ServerTime } from '../../src/write/server-time';
import { setOwnClock } from '../support/own-clock';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** When each test begins, by the clock of the process and of the server. */
const NOON = Date.UTC(2026, 10, 24, 12);

/** Milliseconds since the test began, by the monotonic clock and by the wall clock. */
let monotonic: number;
let wall: number;
let serverTime: ServerTime;
let pending: Pending;
let destination: Destination;

beforeEach(() => {
  [monotonic, wall] = [0, 0];
  setOwnClock({ now: () => HOUR_MS + monotonic });
  jest.spyOn(Date, 'now').mockImplementation(() => NOON + wall);
  serverTime = new ServerTime();
  begin({});
});
afterEach(() => {
  setOwnClock();
  jest.restoreAllMocks();
});

function begin({ maxPending = 10_000 }): void {
  const formats = {
    formatLine: (_time: number, text: unknown) => String(text),
    formatMessage: (message: string) => message,
    nextNumber: () => 1,
  };
  pending = new Pending({ recentLimit: 100, maxPending, ...formats });
  destination = new Destination('app', 'info', serverTime);
}

/** A reply comes from a server whose clock is this far ahead of the clock of the process. */
function learnTime(ahead = 0): void {
  serverTime.observe(Date.now() + ahead, serverTime.stamp());
}

function pass(ms: number): void {
  monotonic += ms;
  wall += ms;
}

function log(message = 'hello', calls = 1): void {
  for (let i = 0; i < calls; i++) pending.add(destination, Date.now(), message, message);
}

/** The batches, with how many minutes ago each group began and the counts of its messages, and the calls that came too late. */
function draw(): { groups: [number, Record<string, number>][]; late: number; logged: number }[] {
  return pending.draw(destination).map(({ groups, late, logged }: Batch) => ({
    groups: groups.map(({ at, messages }) => [
      (clock.now() - at) / MINUTE_MS,
      Object.fromEntries(messages.map(({ message, count }) => [message, count])),
    ]),
    late,
    logged,
  }));
}

describe('pending counts', () => {
  it('wait in a group for each minute as long as the time of the server is unknown', () => {
    for (let half = 0; half < 6; half++) {
      log();
      pass(MINUTE_MS / 2);
    }
    const groups = [1, 2, 3].map((ago) => [ago, { hello: 2 }]);
    expect(draw()).toEqual([{ groups, late: 0, logged: 6 }]);
  });

  it.each([0, 25 * MINUTE_MS, -7 * HOUR_MS - MINUTE_MS])(
    'wait in a group for each minute, and the older ones in one for each hour of the server, which is %i ms ahead',
    (ahead) => {
      learnTime(ahead);
      const first = (NOON + ahead) % HOUR_MS;
      for (let minute = 0; minute < 60; minute++) {
        log();
        pass(MINUTE_MS);
      }
      const [batch] = pending.draw(destination) as [Batch];
      const groups = batch.groups.map(({ at, messages, minutes }) => ({
        ago: (clock.now() - at) / MINUTE_MS,
        calls: messages[0]?.count,
        minutes: minutes.map(({ later, calls }) => [later / MINUTE_MS, calls]),
      }));
      const before = (HOUR_MS - first) / MINUTE_MS;
      const merged = (ago: number, calls: number): object => {
        const minutes = calls > 1 ? Array.from({ length: calls }, (_, i) => [i, 1]) : [];
        return { ago, calls, minutes };
      };
      const isTurn = before < 60;
      const newest = isTurn ? 13 : 14;
      const recent = Array.from({ length: newest }, (_, i) => merged(i + 1, 1));
      const older = isTurn ? [merged(60 - before, 60 - before - newest), merged(60, before)] : [merged(60, 46)];
      expect(groups).toEqual([...recent, ...older]);
    },
  );

  it.each([0, -HOUR_MS, 3 * HOUR_MS])('wait in one group if the clock of the process is set by %i ms', (step) => {
    log();
    wall += step;
    log();
    expect(draw()).toEqual([{ groups: [[0, { hello: 2 }]], late: 0, logged: 2 }]);
  });

  it('wait in groups of their own if the clock of the process stands still and their batches fail', () => {
    for (let minute = 0; minute < 3; minute++) {
      log();
      monotonic += MINUTE_MS;
      destination.groups.close();
    }
    expect(draw()[0]?.groups).toHaveLength(3);
  });

  it('wait in a group of their own after a suspension, by which the wall clock runs ahead', () => {
    learnTime();
    log();
    wall += 20 * MINUTE_MS;
    log();
    log();
    expect(draw()[0]?.groups).toEqual([
      [0, { hello: 2 }],
      [0, { hello: 1 }],
    ]);
  });

  it.each([
    ['two', true, 2],
    ['four', false, 4],
  ])('keep the newest %s hours if the time of the server is known: %s', (_, isKnown, kept) => {
    if (isKnown) learnTime();
    for (let hour = 0; hour < 48; hour++) {
      log(`message ${hour}`);
      pass(HOUR_MS);
    }
    const groups = Array.from({ length: kept }, (_hour, i) => [60 * (i + 1), { [`message ${47 - i}`]: 1 }]);
    expect(draw()).toEqual([{ groups, late: 48 - kept, logged: 48 }]);
    expect(draw()).toEqual([]);
  });

  it('keep the newest two hours in which something was logged, however far apart they are', () => {
    learnTime();
    for (const hours of [5, 100, 3]) {
      log();
      pass(hours * HOUR_MS);
    }
    log();
    pass(MINUTE_MS);
    expect(draw()).toEqual([
      {
        groups: [
          [1, { hello: 1 }],
          [181, { hello: 1 }],
        ],
        late: 2,
        logged: 4,
      },
    ]);
  });

  it('merge the minutes of an hour before a message counts under <other>', () => {
    begin({ maxPending: 5 });
    for (let minute = 0; minute < 60; minute++) {
      log('one');
      log('two');
      pass(MINUTE_MS);
    }
    expect(pending.other).toBe(0);
    const groups = draw().flatMap((batch) => batch.groups.map(([, counts]) => counts));
    const sum = (message: string): number => groups.reduce((total, counts) => total + (counts[message] ?? 0), 0);
    expect([sum('one'), sum('two')]).toEqual([60, 60]);
    expect(groups.length).toBeLessThan(5);
  });

  it('have room for as many messages again once hours were given up', () => {
    begin({ maxPending: 3 });
    learnTime();
    for (let hour = 0; hour < 10; hour++) {
      log(`message ${hour}`);
      pass(HOUR_MS);
    }
    expect(pending.other).toBe(0);
    for (const batch of pending.draw(destination)) pending.release(destination, batch);
    for (const message of ['one', 'two', 'three', 'four']) log(message);
    expect(pending.other).toBe(1);
  });

  it('wait in a bounded number of groups if the clock of the process is set to and fro all the time', () => {
    learnTime();
    for (let i = 0; i < 2000; i++) {
      wall = (i % 500) * HOUR_MS;
      log();
    }
    const batches = draw();
    expect(batches.flatMap(({ groups }) => groups).length).toBeLessThanOrEqual(256);
    expect(batches.reduce((sum, { logged }) => sum + logged, 0)).toBe(2000);
    expect(batches.at(-1)?.late).toBe(0);
  });
});
