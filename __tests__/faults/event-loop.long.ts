import { runProgram } from '../support/program';
import { describeWithServer } from '../support/redis/servers';
import { type StoredWindows, storeWindows } from '../support/redis/stored-windows';
import { Workspace } from '../support/workspace';

/** The most messages that a window counts by default. */
const MESSAGES = 10_000;
const SEVERITIES = ['debug', 'info', 'warning', 'error', 'critical'];
const LOGGERS = 50;
const ROUNDS = 7;
/** The longest turn of the event loop. */
const MOST_MS = 20;

/** What is asked at once in a round: the list of loggers comes with each page. */
const LOGGER_REQUESTS = {
  page: ['', 'severity=info', 'severity=error', 'sort=previous'],
  filter: ['filter=order', 'filter=9'],
  changes: ['format=json', 'format=json&filter=1', 'format=json&severity=info', 'format=json&severity=error'],
  refresh: ['format=parts', 'format=parts&filter=1', 'format=parts&severity=info', 'format=parts&severity=error'],
  message: [
    'of=error&message=order <number> of shop was not delivered',
    'of=info&message=order 1 of shop was not delivered&group=message',
  ],
  line: ['line=none'],
};
const START_REQUESTS = {
  start: [''],
  'start, five minutes': ['window=5'],
  'start, data': ['format=json'],
  'start, refresh': ['format=parts'],
  'start, several at once': ['', 'window=15', 'filter=shop-1', 'format=parts'],
};

/** In a process of its own: the process of the tests is busy, and runs the code at half the speed. */
const PROGRAM = `
  const { readFileSync } = require('node:fs');
  const { RecentCommonReader } = require('./src');
  const { createDashboard } = require('./src/dashboard');
  const reader = new RecentCommonReader({ url: process.env.URL, keyPrefix: process.env.PREFIX });
  const dashboard = createDashboard({ reader, authorize: 'public' });
  // A busy machine may not answer in time.
  async function ask(query) {
    for (;;) {
      const answer = await dashboard.fetch(new Request('http://logs.example/?' + query));
      if (answer.status !== 503) return answer;
    }
  }
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  // The time that this thread had of a processor, not that of the clock: other processes of a busy machine do not count.
  function cpuMs() {
    try {
      return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
    } catch {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    }
  }
  let last, longest, isWatching;
  function watch() {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    if (isWatching) setImmediate(watch);
  }
  async function measure(queries) {
    last = cpuMs();
    isWatching = true;
    setImmediate(watch);
    await pause();
    longest = 0;
    const [began, cpu] = [performance.now(), cpuMs()];
    const answers = await Promise.all(queries.map(ask));
    const [took, cost] = [performance.now() - began, cpuMs() - cpu];
    if (answers.some(({ status }) => status !== 200 && status !== 404)) throw new Error('no page');
    await pause();
    isWatching = false;
    await new Promise((resolve) => setImmediate(resolve));
    return { longest, took, cost };
  }
  async function main() {
    const found = {};
    for (const [what, queries] of Object.entries(JSON.parse(process.env.REQUESTS))) {
      found[what] = [];
      for (let round = 0; round <= ${ROUNDS}; round++) found[what].push(await measure(queries));
    }
    console.log(JSON.stringify(found));
    reader.close();
  }
  void main();
`;

/** Milliseconds. */
interface Round {
  readonly longest: number;
  readonly took: number;
  readonly cost: number;
}

describeWithServer('turn of the event loop', () => {
  let workspace: Workspace;

  beforeEach(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterEach(() => workspace.close());

  const store = (windows: readonly StoredWindows[]): Promise<void> =>
    storeWindows(
      (script, keys, args) => workspace.redis.eval(script, { keys, arguments: args }),
      { prefix: workspace.prefix, hashTag: false },
      windows,
    );

  /** How many scripts Redis has run. */
  async function countScripts(): Promise<number> {
    const stats = await workspace.redis.info('commandstats');
    return ['eval', 'evalsha'].reduce((sum, command) => {
      return sum + Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    }, 0);
  }

  async function measure(requests: Readonly<Record<string, readonly string[]>>): Promise<number> {
    const before = await countScripts();
    const env = { URL: workspace.url, PREFIX: workspace.prefix, REQUESTS: JSON.stringify(requests) };
    const { stdout, stderr } = await runProgram(PROGRAM, env);
    expect(stderr).toBe('');
    const found: Record<string, Round[]> = JSON.parse(stdout);
    const text = (part: keyof Round, [first, ...others]: readonly Round[]): string =>
      `${first?.[part].toFixed(1)} at first, then ${others.map((round) => round[part].toFixed(1)).join(', ')}`;
    for (const [what, rounds] of Object.entries(found)) {
      expect(rounds).toHaveLength(ROUNDS + 1);
      const [longest, took, cost] = (['longest', 'took', 'cost'] as const).map((part) => text(part, rounds));
      console.log(`${what}, in ms: longest turn ${longest}; took ${took}; of the processor ${cost}`);
    }
    const all = Object.values(found).flat();
    const answers = Object.values(requests).flat().length * (ROUNDS + 1);
    console.log(`${answers} answers, ${(await countScripts()) - before} scripts`);
    return Math.max(...all.map(({ longest }) => longest));
  }

  it(`takes the processor no longer than ${MOST_MS} ms for the start page of ${LOGGERS} loggers with full windows, also at first`, async () => {
    const loggers = Array.from({ length: LOGGERS }, (_, i) => `shop-${i}`);
    await store(
      loggers.flatMap((name) => [
        { name, severity: 'info', messages: MESSAGES },
        { name, severity: 'error', messages: 200 },
      ]),
    );
    expect(await measure(START_REQUESTS)).toBeLessThan(MOST_MS);
  }, 300_000);

  it(`is told, the longest for the page of a logger with full windows of ${SEVERITIES.length} severities`, async () => {
    await store(SEVERITIES.map((severity) => ({ name: 'shop', severity, messages: MESSAGES })));
    const named = Object.entries(LOGGER_REQUESTS).map(([what, all]) => [what, all.map((each) => `name=shop&${each}`)]);
    // The longest are those in which garbage of some hundred megabytes is collected.
    expect(await measure(Object.fromEntries(named))).toBeGreaterThan(0);
  }, 600_000);
});
