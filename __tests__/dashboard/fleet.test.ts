import { createClient, createCluster } from 'redis';
import { RecentCommonReader, RedisRecentCommonTransport, type RedisScripter } from '../../src';
import { createDashboard, type Dashboard } from '../../src/dashboard';
import { effort } from '../support/effort';
import { clearOfTheTurn } from '../support/hours';
import { startCluster } from '../support/redis/cluster';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { type RunScript, storeWindows } from '../support/redis/stored-windows';
import { ask, textById, textIn, toQuery } from '../support/viewers/dashboard';
import { until } from '../support/wait';

/** The parts of the data of a start page that are looked at. */
interface StartData {
  readonly cards: readonly {
    readonly name: string;
    readonly telling: { readonly message: string; readonly status: string } | null;
  }[];
  readonly others: readonly { readonly name: string }[];
  readonly matching: number;
  readonly loggerCount: number;
}

/** A Redis of whatever kind. */
interface Fleet {
  readonly client: RedisScripter;
  readonly run: RunScript;
  /** Clients of all its masters. */
  readonly nodes: readonly { readonly info: (section: string) => Promise<string> }[];
  readonly isCluster: boolean;
  readonly stop: () => Promise<void>;
}

async function openServer(): Promise<Fleet> {
  const server = await RedisServer.start();
  const client = createClient({ url: server.url, RESP: 2 });
  await client.on('error', () => undefined).connect();
  const run: RunScript = (script, keys, args) => client.eval(script, { keys, arguments: args });
  const stop = async (): Promise<void> => {
    client.destroy();
    await server.stop();
  };
  return { client, run, nodes: [client], isCluster: false, stop };
}

async function openCluster(): Promise<Fleet> {
  const cluster = await startCluster({ masters: 3 });
  const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })), RESP: 2 });
  await client.on('error', () => undefined).connect();
  const nodes = cluster.urls.map((url) => createClient({ url, RESP: 2 }));
  for (const node of nodes) await node.connect();
  const run: RunScript = (script, keys, args) => client.eval(script, { keys, arguments: args });
  const stop = async (): Promise<void> => {
    for (const node of nodes) node.destroy();
    client.destroy();
    await cluster.stop();
  };
  return { client, run, nodes, isCluster: true, stop };
}

jest.setTimeout(120_000);

describeWithServer('start page of many loggers', () => {
  describe.each([
    ['Redis', effort({ quick: 600, full: 2000 }), openServer],
    ['Redis Cluster', 400, openCluster],
  ] as const)('in a %s, of %d', (_, loggers, open) => {
    let fleet: Fleet;
    let reader: RecentCommonReader;
    let board: Dashboard;

    beforeAll(async () => {
      await clearOfTheTurn(60_000);
      fleet = await open();
      const windows = Array.from({ length: loggers }, (__, i) => ({ name: `app${i}`, severity: 'info', messages: 3 }));
      await storeWindows(fleet.run, { prefix: '', hashTag: fleet.isCluster }, windows);
      reader = new RecentCommonReader({ client: fleet.client });
      board = createDashboard({ reader, authorize: 'public' });
    });
    afterAll(async () => {
      reader.close();
      await fleet.stop();
    });

    /** A busy machine may not answer in time at first. */
    async function read(): Promise<StartData> {
      let response: Response | undefined;
      await until(async () => (response = await ask(board, '?format=json')).status === 200, 30_000);
      return (await response?.json()) as StartData;
    }

    /** How many scripts the masters have run. */
    async function countScripts(): Promise<number> {
      const stats = await Promise.all(fleet.nodes.map((node) => node.info('commandstats')));
      const calls = [...stats.join('\n').matchAll(/cmdstat_(?:eval|evalsha):calls=(\d+)/g)];
      return calls.reduce((sum, [, count]) => sum + Number(count), 0);
    }

    async function countDuring(action: () => Promise<unknown>): Promise<number> {
      const before = await countScripts();
      await action();
      return (await countScripts()) - before;
    }

    it('looks closer at 50, lists 200 more, and finds each of the others by its name', async () => {
      const { cards, others, matching, loggerCount } = await read();
      expect([cards.length, others.length, matching, loggerCount]).toEqual([
        50,
        Math.min(200, loggers - 50),
        loggers,
        loggers,
      ]);
      const shown = new Set([...cards, ...others].map(({ name }) => name));
      const hidden = Array.from({ length: loggers }, (__, i) => `app${i}`).find((name) => !shown.has(name)) as string;
      const html = await (await ask(board)).text();
      expect(textIn(html)).toContain(`and ${(loggers - 250).toLocaleString('en-US')} more: filter them by their names`);
      const found = await (await ask(board, toQuery({ filter: hidden.toUpperCase() }))).text();
      expect(textById(found, 'cards')).toContain(hidden);
    });

    it('has a logger with a new message first, though its total is that of all others', async () => {
      const name = `app${loggers - 7}`;
      const transport = new RedisRecentCommonTransport({ client: fleet.client, name });
      transport.log({ level: 'info', message: 'boom' });
      await transport.close();
      const first = async () => (await read()).cards[0];
      await until(async () => (await first())?.name === name);
      expect((await first())?.telling).toMatchObject({ message: 'boom', status: 'new' });
    });

    it('asks Redis once for each logger at first, and then about those that were written to and the 50', async () => {
      const ownBoard = createDashboard({ reader, authorize: 'public' });
      const page = (): Promise<unknown> => until(async () => (await ask(ownBoard)).status === 200, 30_000);
      const [most, glances] = [loggers + 50, 50];
      const first = await countDuring(page);
      expect(first).toBeGreaterThan(loggers);
      // A busy machine may not answer in time at first, and reads again.
      expect(first).toBeLessThan(most + loggers);
      // Totals are used again for a while.
      expect(await countDuring(page)).toBe(glances);
      let scripts = 0;
      await until(async () => (scripts = await countDuring(page)) !== glances, 30_000);
      console.log(`${loggers} loggers: ${first} scripts at first, ${glances} right after, ${scripts} later`);
      expect(scripts).toBeLessThan(glances + 20);
    });
  });
});
