import { createClient } from 'redis';
import { logCommon, logRecent } from '../src';
import { effort } from './support/effort';
import { clearOfTheTurn } from './support/hours';
import { StoredLog } from './support/redis/stored-log';
import { until } from './support/wait';
import { Workspace } from './support/workspace';

type Client = ReturnType<typeof createClient>;

/** A client whose batches a test sees and may have go wrong. */
class Watched {
  /** How many batches were sent. */
  sent = 0;
  /** Called before each batch; gives what becomes of it instead of being sent, if anything. */
  instead: (number: number, send: () => Promise<unknown>) => Promise<unknown> | undefined = () => undefined;

  constructor(private readonly client: Client) {}

  evalSha(...args: Parameters<Client['evalSha']>): Promise<unknown> {
    const send = (): Promise<unknown> => this.client.evalSha(...args);
    if (!args[1]?.keys?.[0]?.includes('recent:')) return send();
    this.sent++;
    return this.instead(this.sent, send) ?? send();
  }

  eval(...args: Parameters<Client['eval']>): Promise<unknown> {
    return this.client.eval(...args);
  }

  on(event: 'error', listener: (error: unknown) => void): unknown {
    return this.client.on(event, listener);
  }
}

describe('logCommon', () => {
  let workspace: Workspace;
  let client: Client;
  let names = 0;
  let name: string;
  let watched: Watched;
  let options: { keyPrefix: string };

  beforeAll(async () => {
    workspace = await Workspace.open();
    // By default node-redis gives up a command that it could not send for five seconds: a busy machine may take longer.
    client = createClient({ url: workspace.writerUrl, RESP: 2, commandOptions: { timeout: 0 } });
    await client.on('error', () => undefined).connect();
    options = { keyPrefix: workspace.prefix };
  });
  beforeEach(async () => {
    await clearOfTheTurn();
    name = `app${++names}`;
    watched = new Watched(client);
    // The script is known, and Redis was asked whether every command is permitted.
    await logCommon(watched, `${name} before`, 'hello', 'info', options);
    watched.sent = 0;
  });
  afterAll(async () => {
    client.destroy();
    await workspace.close();
  });

  const readSample = async (severity: string, message = 'hello'): Promise<string | undefined> => {
    const changes = await workspace.reader.changes(name, severity);
    return changes.find((change) => change.message === message)?.sample?.message;
  };

  const storedLog = (of = name): StoredLog => new StoredLog(workspace.redis, workspace.prefix, of);

  it('writes ten thousand calls at once in few batches, in their order', async () => {
    const messages = Array.from({ length: 10_000 }, (_, i) => `message ${i % 7}`);
    await Promise.all(messages.map((message) => logCommon(watched, name, message, 'info', options)));
    expect(watched.sent).toBeLessThanOrEqual(80);
    expect(await storedLog().seq()).toBe(10_000);
    expect(await storedLog().texts()).toEqual(messages.slice(-100).reverse());
    expect((await storedLog().current())['message 0']).toBe(1429);
  });

  it('writes calls to a thousand names and more at once, each to its own', async () => {
    const count = effort({ quick: 1000, full: 5000 });
    const all = Array.from({ length: count }, (_, i) => `${name} ${i}`);
    await Promise.all(all.map((one) => logCommon(watched, one, one, 'info', options)));
    for (const one of [all[0], all.at(-1)] as string[]) expect(await storedLog(one).current()).toEqual({ [one]: 1 });
  });

  it('has the calls of a batch that fails rejected, and no others', async () => {
    watched.instead = (number) => (number === 2 ? Promise.reject(new Error('no reply')) : undefined);
    const calls = Array.from({ length: 290 }, () => logCommon(watched, name, 'hello', 'info', options));
    const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status);
    const expected = [...Array(125).fill('fulfilled'), ...Array(125).fill('rejected'), ...Array(40).fill('fulfilled')];
    expect(outcomes).toEqual(expected);
    expect(await storedLog().current()).toEqual({ hello: 165 });
  });

  it('writes calls with new errors in batches as large as others', async () => {
    const messages = Array.from({ length: 250 }, (_, i) => `message ${i}`);
    await Promise.all(messages.map((message) => logCommon(watched, name, message, 'error', options)));
    expect(watched.sent).toBe(2);
  });

  it('writes calls with other options apart, and each as its own ask', async () => {
    const iso = { ...options, timestamp: 'iso' } as const;
    await Promise.all([
      logCommon(watched, name, 'first', 'info', options),
      logRecent(watched, name, 'second', 'info', options),
      logCommon(watched, name, 'third', 'info', iso),
      logCommon(watched, name, 'fourth', 'info', { ...iso, recentLimit: 3 }),
    ]);
    expect(watched.sent).toBe(3);
    expect(await storedLog().texts()).toEqual(['fourth', 'third', 'second']);
    expect(await storedLog().current()).toEqual({ first: 1, third: 1, fourth: 1 });
    const [newest = '', , oldest = ''] = await workspace.redis.lRange(workspace.key(`recent:${name}:info`), 0, -1);
    expect(newest).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(oldest).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} /);
  });

  it('writes later calls while the reply to an earlier one does not come, and counts that once if it is sent twice', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    watched.instead = (number, send) => (number === 1 ? held.then(send).then(send) : undefined);
    const first = logCommon(watched, name, 'first', 'info', options);
    await until(() => watched.sent === 1);
    await Promise.all([1, 2, 3].map(() => logCommon(watched, name, 'later', 'info', options)));
    await logCommon(watched, name, 'last', 'info', options);
    expect(await storedLog().texts()).toEqual(['last', 'later', 'later', 'later']);
    letGo();
    await first;
    expect(await storedLog().current()).toEqual({ first: 1, later: 3, last: 1 });
  });

  it('has a sample of each message kept, of warnings and worse unless sampleSeverities says otherwise', async () => {
    const message = 'no price\n    at charge (/srv/shop/payment.js:17:3)';
    for (const severity of ['info', 'error']) await logCommon(watched, name, message, severity, options);
    expect([await readSample('info', message), await readSample('error', message)]).toEqual([undefined, message]);
    name = `${name} of chosen severities`;
    const chosen = { ...options, severities: { audit: 'notes' }, sampleSeverities: ['info', 'audit'] };
    for (const level of ['info', 'error', 'audit']) await logCommon(watched, name, 'hello', level, chosen);
    const samples = [await readSample('info'), await readSample('error'), await readSample('notes')];
    expect(samples).toEqual(['hello', undefined, 'hello']);
    const [none, all] = [{ ...options, sampleSeverities: [] }, options];
    await Promise.all([none, all].map((some) => logCommon(watched, name, 'at once', 'error', some)));
    expect(await readSample('error', 'at once')).toBe('at once');
  });

  it('has the sample of a later call kept if that of an earlier one did not arrive', async () => {
    watched.instead = (number) => (number === 1 ? Promise.reject(new Error('no connection')) : undefined);
    await expect(logCommon(watched, name, 'hello', 'error', options)).rejects.toThrow('no connection');
    await logCommon(watched, name, 'hello', 'error', options);
    expect(await readSample('error')).toBe('hello');
  });
});
