import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Consumer } from '../support/consumer';
import { clearOfTheTurn } from '../support/hours';
import { Workspace } from '../support/workspace';

/** Packing and installing may have to fetch the dependencies. */
const INSTALL_TIMEOUT_MS = 180_000;

/** A program that uses the whole public API under the strictest types, and then runs. */
const PROGRAM = `
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import winston from 'winston';
import {
  logCommon, logRecent, OptionsError, RecentCommonReader, type RecentLine, RedisRecentCommonTransport, SEVERITY,
  toSeverity, type TransportOptions,
} from 'winston-redis-recent-common';

const [, , url = '', keyPrefix = ''] = process.argv;
const sentinelRootNodes = [{ host: '127.0.0.1', port: 26379 }];

export function transports(): winston.transport[] {
  return [
    new RedisRecentCommonTransport({ client: createClient() }),
    new RedisRecentCommonTransport({ client: createCluster({ rootNodes: [{ url }] }) }),
    new RedisRecentCommonTransport({ client: createSentinel({ name: 'main', sentinelRootNodes }) }),
    new RedisRecentCommonTransport({ client: createClientPool() }),
    // @ts-expect-error a client has methods
    new RedisRecentCommonTransport({ client: {} }),
    new RedisRecentCommonTransport({ url: process.env['REDIS_URL'], lingerMs: undefined }),
    // @ts-expect-error there is no such option
    new RedisRecentCommonTransport({ prefix: 'app:' }),
  ];
}

async function main(): Promise<void> {
  const options: TransportOptions = {
    url, keyPrefix, name: (info) => info['service'], commonKey: ({ message }) => message,
    severities: { audit: 'info' }, timestamp: 'iso', level: 'info',
  };
  const transport = new RedisRecentCommonTransport(options);
  const logger = winston.createLogger({ defaultMeta: { service: 'shop' }, transports: [transport] });
  logger.add(new RedisRecentCommonTransport({ ...options, silent: true, format: winston.format.json() }));
  logger.warn('low on stock');
  await transport.flush();

  const client = createClient({ url });
  await client.connect();
  await logRecent(client, 'shop', 'opened', 'warn', { keyPrefix });
  await logCommon(client, 'shop', 'low on stock', 30, { keyPrefix, timestamp: 'iso' });

  const reader = new RecentCommonReader({ client, keyPrefix });
  const lines: RecentLine[] = await reader.recent('shop', SEVERITY[30] ?? '', { limit: 5 });
  const { total, messages } = await reader.common('shop', toSeverity('warn'));
  const written: number = transport.stats().written;
  const refused = await reader.recent('', 'info').catch((error: unknown) => error instanceof OptionsError);
  console.log(JSON.stringify({ lines: lines.map(({ message }) => message), total, messages, written, refused }));
  await client.close();
  logger.end();
}

void main();
`;

const PROGRAMS = {
  'program.cts': PROGRAM,
  'program.mts': PROGRAM,
  'default.cts':
    "import required = require('winston-redis-recent-common');\nexport const one = new required.default();",
  'default.mts': "import Default from 'winston-redis-recent-common';\nexport const one: Default = new Default();",
};

describe('packed package', () => {
  let consumer: Consumer;
  let workspace: Workspace;
  let compilation: Promise<string> | undefined;

  beforeAll(async () => {
    consumer = await Consumer.install();
    workspace = await Workspace.open();
  }, INSTALL_TIMEOUT_MS);

  afterAll(async () => {
    await workspace?.close();
    await consumer?.remove();
  });

  it('holds the build, the manifest, README, CHANGELOG, LICENSE and nothing else', async () => {
    const files = await consumer.files();
    console.log(`${files.length} files, ${consumer.packedSize} bytes packed; dependencies from ${consumer.origin}`);
    const papers = files.filter((file) => !/^dist\/.*\.(d\.)?m?[jt]s$/.test(file));
    const others = papers.filter(
      (file) =>
        !/^(docs\/([a-z]+\.md|[a-z0-9-]+\.png|api\/[A-Za-z/-]+\.md)|examples\/((demo|recipes)\/)?[a-z.-]+\.ts)$/.test(
          file,
        ),
    );
    expect(others).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'examples/README.md',
      'examples/expected.json',
      'examples/recipes/package.json',
      'package.json',
    ]);
  });

  it('has every file that its manifest names', async () => {
    const { main, types, exports } = JSON.parse(await readFile(consumer.path('package.json'), 'utf8'));
    const targets = Object.values(exports).flatMap((target) => JSON.stringify(target).match(/\.\/[^"]+/g) ?? []);
    const named: string[] = [main, types, ...targets];
    expect(named).toHaveLength(11);
    expect(named.filter((file) => !existsSync(consumer.path(file)))).toEqual([]);
  });

  it('gives CommonJS and ES modules the same class', async () => {
    const text = `
      import { createRequire } from 'node:module';
      import Transport, * as imported from 'winston-redis-recent-common';
      const required = createRequire(import.meta.url)('winston-redis-recent-common');
      const { RedisRecentCommonTransport } = required;
      const classes = [RedisRecentCommonTransport, required.default, imported.RedisRecentCommonTransport, Transport];
      const missing = Object.keys(required).filter((name) => imported[name] !== required[name]);
      console.log(typeof Transport, new Set(classes).size, missing.join());
    `;
    expect(await consumer.run('identity.mjs', { text })).toBe('function 1 \n');
  });

  it.each([
    ['cjs', "require('winston-redis-recent-common')"],
    ['mjs', "await import('winston-redis-recent-common')"],
  ])('has no side effects when a .%s file imports it', async (extension, load) => {
    const text = `
      // A dependency looks at these, which opens them.
      const { stdout, stderr } = process;
      const state = () => [...process.getActiveResourcesInfo(), ...process.eventNames(), ...Object.keys(globalThis)];
      const before = state();
      ${load};
      console.log(state().filter((entry) => !before.includes(entry)));
    `;
    expect(await consumer.run(`side-effects.${extension}`, { text })).toBe('[]\n');
  });

  it.each([
    ['cjs', "const { RedisRecentCommonTransport } = require('winston-redis-recent-common');"],
    [
      'mjs',
      `import { createRequire } from 'node:module';
       import { RedisRecentCommonTransport } from 'winston-redis-recent-common';
       const require = createRequire(import.meta.url);`,
    ],
  ])(
    'loads node-redis for a connection of its own alone, and of that the client alone (.%s)',
    async (extension, load) => {
      const text = `
      ${load}
      const listPackages = () => {
        const names = Object.keys(require.cache).map((file) => /.*node_modules.(@redis.\\w+|redis)[/\\\\]/.exec(file)?.[1]);
        return [...new Set(names)].filter((name) => name !== undefined).join().replaceAll('\\\\', '/');
      };
      const Redis = require(${JSON.stringify(require.resolve('ioredis'))});
      new RedisRecentCommonTransport({ client: new Redis({ lazyConnect: true }) });
      console.log(listPackages());
      new RedisRecentCommonTransport();
      console.log(listPackages());
    `;
      expect(await consumer.run(`loaded.${extension}`, { text })).toBe('\n@redis/client\n');
    },
  );

  it.each(['cts', 'mts'])('compiles under the strictest types and runs in a .%s program', async (extension) => {
    // One compilation for all: it spends most of its time on the types of the libraries.
    compilation ??= consumer.compile(PROGRAMS);
    expect(await compilation).toBe('');

    await clearOfTheTurn();
    const keyPrefix = workspace.key(`${extension}:`);
    const output = await consumer.run(`program.${extension.replace('t', 'j')}`, { args: [workspace.url, keyPrefix] });
    expect(JSON.parse(output)).toEqual({
      lines: ['low on stock', 'opened', 'low on stock {"service":"shop"}'],
      total: 2,
      messages: [{ message: 'low on stock', count: 2 }],
      written: 1,
      refused: true,
    });
  });
});
