import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createClient, createCluster, createSentinel } from 'redis';
import {
  type DeliveryWarning,
  logCommon,
  RecentCommonReader,
  RecentCommonWatcher,
  type RedisRecentCommonTransport,
  type TransportOptions,
} from '../../src';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { extraRules, makeUser, NOT_PERMITTED, type Role, readRefusals, setUser, userRules } from '../support/redis/acl';
import { startCluster } from '../support/redis/cluster';
import { startSentinel } from '../support/redis/sentinel';
import { describeWith, itWith } from '../support/requirements';
import { ask, makeDashboard, textIn } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { ageSeen } from '../support/writers/seen';

const describeWithUsers = describeWith('server', 'users');

type Client = ReturnType<typeof createClient>;
type Cluster = ReturnType<typeof createCluster>;
type Sentinel = ReturnType<typeof createSentinel>;

/** Placeholders for a key of the log and for a foreign key with the same prefix. Both keys exist. */
const OWN = '<own>';
const FOREIGN = '<foreign>';

const CALL = 'return redis.call(unpack(ARGV))';

/** Commands that neither user may run. */
const REFUSED = [
  ['GET', FOREIGN],
  ['SET', FOREIGN, 'x'],
  ['GET', 'common:app:info:start'],
  ['FLUSHALL'],
  ['FLUSHDB'],
  ['KEYS', '*'],
  ['SCAN', '0'],
  ['CONFIG', 'GET', '*'],
  ['CONFIG', 'SET', 'maxmemory', '1'],
  ['ACL', 'LIST'],
  ['CLIENT', 'LIST'],
  ['INFO'],
  ['MONITOR'],
  ['PUBLISH', 'channel', 'x'],
  ['SUBSCRIBE', 'channel'],
  ['SCRIPT', 'LOAD', 'return 1'],
  ['SCRIPT', 'FLUSH'],
  ['FUNCTION', 'LIST'],
  ['EVAL', CALL, '1', FOREIGN, 'GET', FOREIGN],
  ['EVAL', CALL, '0', 'GET', FOREIGN],
  ['EVAL', CALL, '0', 'SET', FOREIGN, 'x'],
  ['EVAL', CALL, '0', 'FLUSHALL'],
  ['EVAL', CALL, '0', 'KEYS', '*'],
  ['EVAL', CALL, '0', 'PUBLISH', 'channel', 'x'],
];

/** Commands that would change the log. */
const WRITES = [
  ['SET', OWN, 'x'],
  ['APPEND', OWN, 'x'],
  ['INCRBY', OWN, '1'],
  ['DEL', OWN],
  ['UNLINK', OWN],
  ['RENAME', OWN, `${OWN}2`],
  ['COPY', OWN, `${OWN}2`],
  ['EXPIRE', OWN, '1'],
  ['PERSIST', OWN],
  ['LPUSH', OWN, 'x'],
  ['LTRIM', OWN, '0', '0'],
  ['ZADD', OWN, '1', 'x'],
  ['ZINCRBY', OWN, '1', 'x'],
  ['ZREM', OWN, 'x'],
  ['ZPOPMIN', OWN],
  ['ZREMRANGEBYSCORE', OWN, '0', '1'],
  ['HSET', OWN, 'x', 'x'],
  ['HDEL', OWN, 'x'],
];

/** How versions refuse a command that they do not know, in a script or without. */
const UNKNOWN = /unknown (\w+ )?command/i;

let workspace: Workspace;
let loggers = 0;
const newName = (): string => `app${++loggers}`;

async function connect(url: string): Promise<Client> {
  const client: Client = createClient({ url });
  await client.on('error', () => undefined).connect();
  return client;
}

function granted(role: Role): string[] {
  return userRules(role)
    .filter((rule) => rule.startsWith('+'))
    .map((rule) => rule.slice(1));
}

/** Makes a user of a role without the right to one command. */
function makeUserWithout(command: string, role: Role): Promise<string> {
  const rules = userRules(role, workspace.prefix).filter((rule) => rule !== `+${command}`);
  return makeUser(workspace.redis, workspace.url, rules);
}

function changeUser(url: string, ...rules: string[]): Promise<unknown> {
  return workspace.redis.sendCommand(['ACL', 'SETUSER', new URL(url).username, ...rules]);
}

/** Logs messages, and waits until Redis has them. Rejects with the first warning. */
async function log(transport: RedisRecentCommonTransport, ...messages: string[]): Promise<void> {
  const warned = new Promise<never>((_, reject) => transport.once('warn', reject));
  for (const message of messages) transport.log({ level: 'info', message });
  await Promise.race([transport.flush(), warned]);
}

/** Makes Redis do everything that it does for a writer: scripts sent, expiry, rotation, a full window, the index. */
async function writeEverything(open: (options: TransportOptions) => RedisRecentCommonTransport): Promise<void> {
  const { redis } = workspace;
  const [rotating, full] = [newName(), newName()];
  await redis.scriptFlush();
  await redis.del(workspace.key('known'));
  const expiring = open({ name: rotating, ttlSeconds: 7200 });
  await log(expiring, 'hello');
  await redis.hSet(workspace.key(`common:${rotating}:info:writers`), 'idle', `1 ${isoHour(9)} 0 1`);
  await redis.set(workspace.key(`common:${rotating}:info:start`), isoHour(2));
  await log(expiring, 'hello');
  const limited = open({ name: full, commonLimit: 2 });
  await log(limited, 'a', 'a', 'b', 'c');
  await log(limited, 'd');
}

/** Makes Redis do everything that it does for a reader. */
async function readEverything(url: string, name: string): Promise<void> {
  await workspace.redis.scriptFlush();
  const reader = new RecentCommonReader({ url, keyPrefix: workspace.prefix });
  try {
    expect((await reader.names()).length).toBeGreaterThan(0);
    expect((await reader.changedSince()).loggers.length).toBeGreaterThan(0);
    expect(await reader.recent(name, 'info')).toHaveLength(1);
    expect((await reader.common(name, 'info')).total).toBe(1);
    expect((await reader.common(name, 'info', { window: 'previous' })).total).toBe(0);
    expect(await reader.changes(name, 'info')).toMatchObject([{ count: 1, sample: { message: 'hello' } }]);
    expect(await reader.glance(name, ['info'])).toMatchObject([{ total: { count: 1 } }]);
    expect(await reader.told(name, 'info', ['hello'])).toHaveLength(1);
  } finally {
    reader.close();
  }
}

/** Makes Redis do everything that it does for those who watch: new lines as they come, and the dashboard with all its views. */
async function viewEverything(url: string, name: string): Promise<void> {
  await workspace.redis.scriptFlush();
  const reader = new RecentCommonReader({ url, keyPrefix: workspace.prefix });
  try {
    const lines = reader.follow(name, 'info', { after: 0 });
    expect((await lines.next()).value).toMatchObject({ message: 'hello' });
    await lines.return();
    const dashboard = makeDashboard(workspace, { reader });
    const message = `?name=${name}&of=info&message=hello`;
    for (const query of ['', `?name=${name}`, `?name=${name}&severity=info`, message, '?format=json']) {
      expect((await ask(dashboard, query)).status).toBe(200);
    }
    expect(await (await ask(dashboard, message)).text()).not.toContain('not known</dd>');
  } finally {
    reader.close();
  }
}

describeWithUsers('documented Redis users', () => {
  let clients: Record<Role, Client>;
  let own: string;
  let foreign: string;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
    const reader = await makeUser(workspace.redis, workspace.url, userRules('reader', workspace.prefix));
    const [writer, watcher] = [await connect(workspace.writerUrl), await connect(workspace.watcherUrl)];
    clients = { writer, reader: await connect(reader), watcher };
    own = workspace.key('common:app:info');
    foreign = workspace.key('foreign');
    for (const key of [own, foreign, 'common:app:info:start']) await workspace.redis.set(key, 'untouched');
  });
  afterAll(async () => {
    for (const client of Object.values(clients)) client.destroy();
    await workspace.close();
  });

  const send = (role: Role, words: readonly string[]): Promise<unknown> =>
    clients[role].sendCommand(words.map((word) => word.replace(OWN, own).replace(FOREIGN, foreign)));

  /** How this server refuses a command: nobody may run what it does not know. */
  async function findRefusal(command: string): Promise<RegExp> {
    const [known] = (await workspace.redis.sendCommand(['COMMAND', 'INFO', command])) as unknown as unknown[];
    return known ? NOT_PERMITTED : UNKNOWN;
  }

  const roles = (['writer', 'reader', 'watcher'] as const).flatMap((role) => REFUSED.map((words) => ({ role, words })));

  it.each(roles)('do not let the $role run $words', async ({ role, words }) => {
    await expect(send(role, words)).rejects.toThrow(await findRefusal(words[0] as string));
    expect(await workspace.redis.get(foreign)).toBe('untouched');
  });

  itWith('rights in scripts').each(WRITES)(
    'do not let the watcher change a key of the log with %s, in a script or without',
    async (...words) => {
      await expect(send('watcher', words)).rejects.toThrow(/NOPERM|unknown/i);
      await expect(send('watcher', ['EVAL', CALL, '1', OWN, ...words])).rejects.toThrow(NOT_PERMITTED);
      expect(await workspace.redis.get(own)).toBe('untouched');
    },
  );

  it.each(WRITES)('do not let the reader change a key with %s, in a script or without', async (...words) => {
    const refusal = await findRefusal(words[0] as string);
    await expect(send('reader', words)).rejects.toThrow(refusal);
    await expect(send('reader', ['EVAL', CALL, '1', OWN, ...words])).rejects.toThrow(refusal);
    expect(await workspace.redis.get(own)).toBe('untouched');
  });

  it('are the ones that a workspace of the tests connects as', async () => {
    const transport = workspace.transport({ name: newName() });
    await log(transport, 'hello');
    await workspace.reader.names();
    const users = (await workspace.redis.clientList()).map(({ user }) => user);
    expect(users.filter((user) => user === new URL(workspace.writerUrl).username)).toHaveLength(2);
    expect(users.filter((user) => user === 'default')).toHaveLength(1);
  });

  it('may do all that the transport, the reader and those who watch do, without one refusal', async () => {
    await clearOfTheTurn();
    await workspace.redis.sendCommand(['ACL', 'LOG', 'RESET']);
    const opened: RedisRecentCommonTransport[] = [];
    await writeEverything((options) => {
      const transport = workspace.transport(options);
      opened.push(transport);
      return transport;
    });
    const name = newName();
    opened.push(workspace.transport({ name, sampleSeverities: ['info'] }));
    await log(opened.at(-1) as RedisRecentCommonTransport, 'hello');
    const url = await makeUserWithout('nothing', 'reader');
    await readEverything(url, name);
    await viewEverything(url, name);
    for (const transport of opened) await transport.close();
    expect(await readRefusals(workspace.redis)).toEqual([]);
  });

  it('show all of a message but what watchers have told, which is not known, to a reader without their keys', async () => {
    const rules = userRules('reader', workspace.prefix).filter((rule) => !rule.includes('alarms:'));
    const url = await makeUser(workspace.redis, workspace.url, rules);
    const name = newName();
    await log(workspace.transport({ name }), 'hello');
    const reader = new RecentCommonReader({ url, keyPrefix: workspace.prefix });
    const page = await ask(makeDashboard(workspace, { reader }), `?name=${name}&of=info&message=hello`);
    expect(page.status).toBe(200);
    expect(textIn(await page.text())).toMatch(/First seen.*Told by watchersnot known/);
    reader.close();
  });

  it('may do all that watchers do, without one refusal', async () => {
    await workspace.redis.scriptFlush();
    await workspace.redis.sendCommand(['ACL', 'LOG', 'RESET']);
    const [name, ids] = [newName(), [] as string[]];
    const watcher = new RecentCommonWatcher({
      url: workspace.watcherUrl,
      keyPrefix: workspace.prefix,
      pollMs: 100,
      on: ['new', 'returned', 'surging', 'silent'],
      digestAbove: 1,
      onAlarm: ({ id }) => (ids.push(id) === 1 ? Promise.reject(new Error('again')) : undefined),
    });
    const transport = workspace.transport({ name });
    await log(transport, 'known');
    await ageSeen(workspace.redis, workspace.key(`common:${name}:info`), 48);
    for (const message of ['boom', 'bang']) transport.log({ level: 'error', message });
    await transport.flush();
    await watcher.mute('nothing', 1000);
    watcher.start();
    await until(() => watcher.stats().told);
    await watcher.close();
    expect(await readRefusals(workspace.redis)).toEqual([]);
  });

  it('may do all that a client without `CLIENT SETINFO` does for the log functions, without one refusal', async () => {
    await workspace.redis.sendCommand(['ACL', 'LOG', 'RESET']);
    const options = { disableClientInfo: true, maintNotifications: 'disabled' } as const;
    const client: Client = createClient({ url: workspace.writerUrl, ...options });
    await client.connect();
    await logCommon(client, newName(), 'hello', 'info', { keyPrefix: workspace.prefix });
    client.destroy();
    expect(await readRefusals(workspace.redis)).toEqual([]);
  });

  itWith('rights in scripts')(
    'are enough, with the right that a passed client needs, for one that tells its name',
    async () => {
      const [known] = (await workspace.redis.sendCommand([
        'COMMAND',
        'INFO',
        'client|setinfo',
      ])) as unknown as unknown[];
      const rules = [
        ...userRules('writer', workspace.prefix),
        ...(known ? extraRules('a node-redis client that') : []),
      ];
      const url = await makeUser(workspace.redis, workspace.url, rules);
      await workspace.redis.sendCommand(['ACL', 'LOG', 'RESET']);
      const client = await connect(url);
      await logCommon(client, newName(), 'hello', 'info', { keyPrefix: workspace.prefix });
      client.destroy();
      expect(await readRefusals(workspace.redis)).toEqual([]);
    },
  );

  it.each(granted('writer'))('need %s for the writer, which goes on once it is granted', async (command) => {
    await clearOfTheTurn();
    const url = await makeUserWithout(command, 'writer');
    const opened: RedisRecentCommonTransport[] = [];
    const writing = writeEverything((options) => {
      const transport = workspace.transport({ url, ...options });
      opened.push(transport);
      return transport;
    });
    await expect(writing).rejects.toThrow(NOT_PERMITTED);
    await changeUser(url, `+${command}`);
    for (const transport of opened) await transport.flush();
  });

  it.each(granted('reader'))('need %s for the reader', async (command) => {
    await clearOfTheTurn();
    const name = newName();
    await log(workspace.transport({ name, sampleSeverities: ['info'] }), 'hello');
    const url = await makeUserWithout(command, 'reader');
    await expect(readEverything(url, name)).rejects.toThrow(NOT_PERMITTED);
  });
});

describeWithUsers('writer that Redis refuses', () => {
  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  beforeEach(clearOfTheTurn);
  afterAll(() => workspace.close());

  /** A transport with a user of its own, and its warnings. */
  async function open(): Promise<{
    name: string;
    user: URL;
    transport: RedisRecentCommonTransport;
    warnings: DeliveryWarning[];
  }> {
    const name = newName();
    const url = await makeUser(workspace.redis, workspace.url, userRules('writer', workspace.prefix));
    const transport = workspace.transport({ url, name });
    const warnings: DeliveryWarning[] = [];
    transport.on('warn', (warning: DeliveryWarning) => warnings.push(warning));
    return { name, user: new URL(url), transport, warnings };
  }

  const logTen = (transport: RedisRecentCommonTransport): void => {
    for (let i = 0; i < 10; i++) transport.log({ level: 'info', message: 'hello' });
  };

  /** Longer than the first waits of quick retries together. */
  const SLOW_MS = 500;

  it.each([
    ['evalsha', ['-evalsha'], ['+evalsha'], /NOPERM .*evalsha/],
    ['its keys', ['resetkeys'], ['~*'], /NOPERM .*key/],
  ])('warns once, retries slowly, and writes every log call once after it regains %s', async (...row) => {
    const [, change, repair, reason] = row;
    const { name, user, transport, warnings } = await open();
    await log(transport, 'hello');
    await changeUser(user.href, ...change);
    logTen(transport);
    await until(() => warnings.length === 1);
    await sleep(SLOW_MS);
    logTen(transport);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(reason)]);
    expect(transport.stats()).toMatchObject({ written: 1, pending: 20, retries: 1 });
    await changeUser(user.href, ...repair);
    await transport.flush();
    expect((await workspace.reader.common(name, 'info')).total).toBe(21);
    expect(transport.stats()).toMatchObject({ written: 21, pending: 0, duplicates: 0 });
    expectNoSecrets(warnings, user);
  });

  it('warns once, retries slowly, and writes every log call once after its password is restored', async () => {
    const { name, user, transport, warnings } = await open();
    await changeUser(user.href, 'resetpass', '>another');
    logTen(transport);
    await until(() => warnings.length === 1);
    await sleep(SLOW_MS);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('WRONGPASS')]);
    expect(transport.stats()).toMatchObject({ pending: 10, retries: 1 });
    await changeUser(user.href, `>${user.password}`);
    await transport.flush();
    expect((await workspace.reader.common(name, 'info')).total).toBe(10);
    expectNoSecrets(warnings, user);
  });

  it('says once that a changed password keeps it from reconnecting, and writes every log call once after that is restored', async () => {
    const { name, user, transport, warnings } = await open();
    await log(transport, 'hello');
    await changeUser(user.href, 'resetpass', '>another');
    await workspace.redis.sendCommand(['CLIENT', 'KILL', 'USER', user.username]);
    logTen(transport);
    await until(() => inspect(warnings).includes('WRONGPASS'));
    await sleep(SLOW_MS);
    expect(warnings.filter(({ message }) => message.includes('WRONGPASS'))).toHaveLength(1);
    // The one before it, if any, says that the connection was lost.
    expect(warnings.length).toBeLessThanOrEqual(2);
    await changeUser(user.href, `>${user.password}`);
    await transport.flush();
    expect((await workspace.reader.common(name, 'info')).total).toBe(11);
    expect(transport.stats()).toMatchObject({ written: 11, pending: 0 });
    expectNoSecrets(warnings, user);
  });

  function expectNoSecrets(warnings: readonly DeliveryWarning[], user: URL): void {
    const shown = inspect(warnings, { depth: 10, showHidden: true });
    expect(shown).toContain('can be written to again');
    for (const secret of [user.href, user.username, user.password, 'another', 'redis://'])
      expect(shown).not.toContain(secret);
  }
});

describeWithUsers('documented additional rights', () => {
  const PING_MS = 20;

  /** Makes both users on each node. */
  async function makeUsersOn(nodes: readonly Client[], more: readonly string[]): Promise<void> {
    for (const role of ['writer', 'reader'] as const) {
      const rules = [...userRules(role), '>secret', ...more];
      for (const node of nodes) await setUser((words) => node.sendCommand(words), `log-${role}`, rules);
    }
  }

  const as = (role: Role) => ({ username: `log-${role}`, password: 'secret' });

  it('are enough for a cluster client, which needs each of them', async () => {
    const { urls, stop } = await startCluster();
    const nodes = await Promise.all(urls.map(connect));
    const make = (role: Role): Cluster =>
      createCluster({ rootNodes: urls.map((url) => ({ url })), defaults: as(role) });
    const [writer, reader] = [make('writer'), make('reader')];
    for (const client of [writer, reader]) client.on('error', () => undefined);
    try {
      await makeUsersOn(nodes, []);
      await expect(writer.connect()).rejects.toThrow();
      const [slots, ...others] = extraRules('a cluster client');
      await makeUsersOn(nodes, [slots as string]);
      await writer.connect();
      await reader.connect();
      await logCommon(writer, 'app', 'hello');
      expect((await new RecentCommonReader({ client: reader }).common('app', 'info')).total).toBe(1);
      await startMovingSlot('{moving}', nodes);
      await expect(logCommon(writer, 'moving', 'hello')).rejects.toThrow(/NOPERM .*asking/);
      await makeUsersOn(nodes, [slots as string, ...others]);
      await expect(logCommon(writer, 'moving', 'hello')).rejects.toThrow('TRYAGAIN');
    } finally {
      for (const client of [writer, reader, ...nodes]) client.destroy();
      await stop();
    }
  });

  it.each([
    ['database', { database: 3 }],
    ['`name` and RESP 2', { name: 'log', RESP: 2 as const }],
    ['`pingInterval`', { pingInterval: PING_MS }],
  ])('are enough for a client with a %s, which needs them', async (purpose, options) => {
    const own = await Workspace.openOnOwnServer();
    const writer = await makeUser(own.redis, own.url, userRules('writer'));
    const errors: string[] = [];
    const client = createClient({ url: writer, ...options }).on('error', ({ message }) => errors.push(message));
    try {
      const connected = client.connect();
      await until(() => NOT_PERMITTED.test(errors.join()));
      await own.redis.sendCommand(['ACL', 'SETUSER', new URL(writer).username, ...extraRules(purpose)]);
      await connected;
      await logCommon(client, 'app', 'hello');
      errors.length = 0;
      await sleep(5 * PING_MS);
      expect(errors).toEqual([]);
    } finally {
      client.destroy();
      await own.close();
    }
  });

  it('are not needed for a sentinel client', async () => {
    const { name, sentinels, stop } = await startSentinel();
    const admin = await createSentinel({ name, sentinelRootNodes: sentinels })
      .on('error', () => undefined)
      .connect();
    const make = (role: Role): Sentinel =>
      createSentinel({ name, sentinelRootNodes: sentinels, nodeClientOptions: as(role) });
    const [writer, reader] = [make('writer'), make('reader')];
    for (const client of [writer, reader]) client.on('error', () => undefined);
    try {
      for (const role of ['writer', 'reader'] as const) {
        const rules = [...userRules(role), '>secret'];
        await setUser((words) => admin.sendCommand(false, words), `log-${role}`, rules);
      }
      await writer.connect();
      await reader.connect();
      await logCommon(writer, 'app', 'hello');
      expect((await new RecentCommonReader({ client: reader }).common('app', 'info')).total).toBe(1);
    } finally {
      for (const client of [writer, reader, admin]) await client.destroy();
      await stop();
    }
  });

  /** Starts to move the slot of a key to another node, which a client must then ask for it. */
  async function startMovingSlot(key: string, nodes: readonly Client[]): Promise<void> {
    const slot = await (nodes[0] as Client).clusterKeySlot(key);
    const ids = await Promise.all(nodes.map((node) => node.clusterMyId()));
    const from = Math.floor((slot * nodes.length) / 16_384);
    const to = (from + 1) % nodes.length;
    await nodes[to]?.sendCommand(['CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', String(ids[from])]);
    await nodes[from]?.sendCommand(['CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', String(ids[to])]);
  }
});
