import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'redis';
import { RecentCommonReader } from '../../src';
import { clearOfTheTurn } from '../support/hours';
import { describeWithRecipes, RECIPES, Recipes } from '../support/recipes';
import { readText } from '../support/source-tree';
import { sharedUrl } from '../support/workspace';

/** Options of jest for files below a node_modules. */
const IN_MODULES = { haste: { retainAllFiles: true }, testPathIgnorePatterns: [], transform: {} };
const FILES = readdirSync(RECIPES).filter((file) => file.endsWith('.ts'));

describe('recipes', () => {
  it('are all in docs/recipes.md', () => {
    const page = readText('docs/recipes.md');
    expect(FILES.filter((file) => !page.includes(`(../examples/recipes/${file})`))).toEqual([]);
  });
});

describeWithRecipes('recipe', () => {
  let recipes: Recipes;
  let redis: ReturnType<typeof createClient>;
  const reader = new RecentCommonReader({ url: sharedUrl(), keyPrefix: 'recipes:' });

  beforeAll(async () => {
    recipes = Recipes.compile();
    redis = createClient({ url: sharedUrl(), RESP: 2 });
    await redis.on('error', () => undefined).connect();
  });
  beforeEach(async () => {
    await clearOfTheTurn();
    const keys = await findKeys();
    if (keys.length > 0) await redis.unlink(keys);
  });
  afterAll(async () => {
    reader.close();
    redis.destroy();
    recipes.remove();
  });

  async function findKeys(): Promise<string[]> {
    const found: string[] = [];
    for await (const keys of redis.scanIterator({ MATCH: 'recipes:*', COUNT: 1000 })) found.push(...keys);
    return found;
  }

  /** The counts of this hour, by logger name and severity. */
  async function readCounts(): Promise<Record<string, Record<string, number>>> {
    const counts: Record<string, Record<string, number>> = {};
    for (const { name, severity } of await reader.names()) {
      const { messages } = await reader.common(name, severity);
      counts[`${name} ${severity}`] = Object.fromEntries(messages.map(({ message, count }) => [message, count]));
    }
    return counts;
  }

  const readLines = async (name: string, severity: string): Promise<string[]> =>
    (await reader.recent(name, severity)).map(({ message }) => message);

  it('nest.ts files each context under its name, keeps what is fatal, and leaves out how the framework starts', async () => {
    await recipes.run('nest');
    const { 'nest error': framework, ...own } = await readCounts();
    expect(own).toEqual({
      'OrdersController info': { 'order shown': 2 },
      'OrdersController critical': { 'the stock database is gone': 1 },
    });
    expect(framework).toEqual({ 'no stock': 1 });
  });

  it('express-winston.ts counts requests by route and status, and stores no header', async () => {
    await recipes.run('express-winston');
    expect(await readCounts()).toEqual({
      'express info': { 'GET /orders/:id 200': 3 },
      'express warning': { 'GET (no route) 404': 1 },
    });
    const lines = [...(await readLines('express', 'info')), ...(await readLines('express', 'warning'))];
    expect(lines.join('\n')).toContain('GET /orders/3 200');
    expect(lines.join('\n')).not.toContain('secret');
  });

  it('bullmq.ts logs through the connection of the queue, and leaves it open', async () => {
    expect(await recipes.run('bullmq')).toBe('the connection is ready\n');
    expect(await readCounts()).toEqual({ 'mails info': { 'mail sent': 3 }, 'mails error': { 'mail failed': 1 } });
    expect((await readLines('mails', 'error')).join()).toContain('no such address');
  });

  it('pino.ts hands on each line with its level, message and metadata, by the name of its child', async () => {
    expect((await recipes.run('pino')).match(/\n/g)).toHaveLength(4);
    expect(await readCounts()).toEqual({
      'pino info': { 'order placed': 2 },
      'pino critical': { 'out of stock': 1 },
      'pino-child debug': { 'cache is cold': 1 },
    });
    expect((await readLines('pino', 'info'))[0]).toContain('"order":18');
    expect((await reader.recent('pino', 'critical'))[0]?.stack).toContain('pino.mjs');
  });

  it('lambda.ts has everything in Redis when the handler returns, even if the process never wakes again', async () => {
    const invocation = `
      const { handler } = await import(${JSON.stringify(recipes.path('lambda'))});
      for (const orders of [[1, 2], [3]]) console.log(await handler({ orders }));
      process.kill(process.pid, 'SIGKILL');`;
    await expect(recipes.node(['--input-type=module', '-e', invocation])).rejects.toThrow('code null: 2\n1\n');
    expect(await readCounts()).toEqual({ 'lambda info': { 'order placed': 3 } });
  });

  it('cluster.ts sums what its processes log, and loses nothing when they are stopped', async () => {
    await recipes.run('cluster');
    expect(await readCounts()).toEqual({ 'cluster info': { 'request served': 300, 'worker stopped': 3 } });
  });

  it('prometheus.ts has a gauge for each counter of transport and watcher, with its value', async () => {
    const metrics = await recipes.run('prometheus');
    expect(metrics).toContain('\nrecent_common_logged 2\n');
    expect(metrics).toContain('\nrecent_common_written 2\n');
    expect(metrics).toContain('\nrecent_common_lost 0\n');
    expect(metrics).toContain('\nrecent_common_watch_leading 1\n');
    expect(metrics).toContain('\nrecent_common_watch_told 0\n');
    expect(metrics.match(/# TYPE recent_common_\w+ gauge/g)).toHaveLength(11);
  });

  it('opentelemetry-metrics.ts has a counter or a gauge for each counter of transport and watcher, with its value', async () => {
    const metrics = Object.fromEntries(
      (await recipes.run('opentelemetry-metrics'))
        .trim()
        .split('\n')
        .map((line) => line.split(' ')),
    );
    expect(metrics).toEqual({
      'recent_common.logged': '2',
      'recent_common.written': '2',
      'recent_common.lost': '0',
      'recent_common.dropped': '0',
      'recent_common.pending': '0',
      'recent_common.watch.told': '0',
      'recent_common.watch.failures': '0',
      'recent_common.watch.given_up': '0',
      'recent_common.watch.leading': '1',
    });
  });

  it('opentelemetry.ts writes the ids of the span into each line, and counts by message', async () => {
    const traces = (await recipes.run('opentelemetry')).trim().split('\n');
    expect(await readCounts()).toEqual({ 'opentelemetry info': { 'order placed': 2, idle: 1 } });
    const [idle, ...lines] = await readLines('opentelemetry', 'info');
    expect(idle).toBe('idle');
    expect(lines.map((line) => /"trace_id":"([0-9a-f]{32})"/.exec(line)?.[1])).toEqual(traces.reverse());
  });

  it('redaction.ts keeps secrets out of every key, and masks no more than these', async () => {
    await recipes.run('redaction');
    const texts = await Promise.all(
      (await findKeys()).map(async (key) => {
        const type = await redis.type(key);
        if (type === 'list') return redis.lRange(key, 0, -1);
        return type === 'zset' ? redis.zRange(key, 0, -1) : [];
      }),
    );
    const stored = texts.flat().join('\n');
    for (const secret of ['hunter2', 'abc.def', '4111']) expect(stored).not.toContain(secret);
    expect(await readCounts()).toEqual({
      'redaction info': { 'signed in': 1, 'card [redacted] was declined': 1 },
      'redaction error': { 'call with [redacted] failed': 1 },
    });
    expect(stored).toContain('"user":"ann"');
    expect(stored).toContain('redaction.mjs');
  });

  it('next-route.ts is the dashboard in Next.js, for operators alone', async () => {
    await recipes.run('pino');
    await recipes.serveByNext('next-route', 'logs', { OPERATOR_TOKEN: 'known' }, async (origin) => {
      const ask = (query: string, token: string): Promise<Response> =>
        fetch(`${origin}/logs${query}`, { headers: { authorization: `Bearer ${token}` } });
      const html = await (await ask('?name=pino', 'known')).text();
      expect(html).toContain('order placed');
      const references = [...html.matchAll(/(?:src|href)="(\?[^"]*)"/g)].map(([, query]) => String(query));
      expect(references).toEqual(expect.arrayContaining(['?asset=script', '?asset=style']));
      for (const query of [...references, '?format=json']) {
        expect([query, (await ask(query.replaceAll('&amp;', '&'), 'known')).status]).toEqual([query, 200]);
      }
      const refused = await ask('?name=pino', 'guessed');
      expect([refused.status, await refused.text()]).toEqual([403, expect.not.stringContaining('pino')]);
    });
  });

  it('fake-timers.spec.ts passes in jest: log calls arrive, with the time that the test has set', async () => {
    const jest = join(__dirname, '../../node_modules/jest/bin/jest.js');
    const config = JSON.stringify({ rootDir: '.', testMatch: ['**/fake-timers.spec.mjs'], ...IN_MODULES });
    const args = ['--experimental-vm-modules', jest, '--config', config];
    await recipes.node(args, { mayPrintErrors: true });
    expect(await readCounts()).toEqual({ 'jest info': { 'reminder sent': 1 } });
  });
});
