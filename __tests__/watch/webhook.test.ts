import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { OptionsError, RecentCommonWatcher } from '../../src';
import { type Posted, ReceivingServer } from '../support/receiving-server';
import { until } from '../support/wait';
import { logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
});
afterAll(() => workspace.close());

const { atEnd, watch, oldLogger } = watchersForTests(() => workspace);

/** A server for the rest of the test. */
async function startServer(reply: (response: ServerResponse, count: number) => void): Promise<ReceivingServer> {
  const server = await ReceivingServer.start(reply);
  atEnd(() => server.close());
  return server;
}

describe('webhook', () => {
  it('gets an alarm as signed JSON, with its id as idempotency key and nothing of the log in the URL', async () => {
    const { posted, port } = await startServer((response) => response.end('ok'));
    const transport = await oldLogger(name);
    watch({ names: [name], webhook: { url: `http://user:pass@127.0.0.1:${port}/hook?a=1`, secret: 'key' } });
    await logErrors(transport, 'payment 17 refused');
    const [{ path, headers, body }] = (await until(() => posted.length && posted)) as [Posted];
    const alarm = JSON.parse(body);
    expect(path).toBe('/hook?a=1');
    expect(alarm).toMatchObject({ kind: 'new', name, message: 'payment <number> refused', count: 1 });
    expect(alarm.text).toContain('new error in');
    expect(headers['idempotency-key']).toBe(alarm.id);
    expect(headers.authorization).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`);
    const signed = `${String(headers['x-timestamp'])}.${body}`;
    expect(headers['x-signature']).toBe(`sha256=${createHmac('sha256', 'key').update(signed).digest('hex')}`);
  });

  it.each([
    ['replies with an error', (response: ServerResponse) => response.writeHead(500).end(), 'replied 500'],
    ['redirects', (response: ServerResponse) => response.writeHead(302, { location: '/' }).end(), 'not followed'],
    ['does not reply', () => undefined, 'within'],
  ])(
    'gets an alarm again, with the same id, if it %s, and no warning shows its URL or secret',
    async (_, fail, why) => {
      const { posted, port } = await startServer((response, count) => {
        if (count === 1) fail(response);
        else response.end('x'.repeat(100_000));
      });
      const transport = await oldLogger(name);
      const webhook = { url: `http://user:pass@127.0.0.1:${port}/token-in-path`, secret: 'very-secret' };
      const { watcher, warnings } = watch({ names: [name], alarmTimeoutMs: 300, webhook });
      await logErrors(transport, 'boom');
      await until(() => watcher.stats().told);
      expect(new Set(posted.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
      const [warning] = warnings.map(({ message }) => message);
      expect(warning).toMatch(new RegExp(`${why}|longer than`));
      expect(warning).not.toMatch(/pass|token|secret/);
    },
  );

  it('is tried again alone if onAlarm has taken the alarm', async () => {
    const { posted, port } = await startServer((response, count) => response.writeHead(count < 2 ? 500 : 204).end());
    const transport = await oldLogger(name);
    const { alarms, watcher } = watch({ names: [name], webhook: { url: `http://127.0.0.1:${port}/` } });
    await logErrors(transport, 'boom');
    await until(() => watcher.stats().told);
    expect([posted.length, alarms.length]).toEqual([2, 1]);
  });

  it('is signed in with a password alone', async () => {
    const { posted, port } = await startServer((response) => response.end());
    const transport = await oldLogger(name);
    const { watcher } = watch({ names: [name], webhook: { url: `http://:pass%20word@127.0.0.1:${port}/` } });
    await logErrors(transport, 'boom');
    await until(() => watcher.stats().told);
    expect(posted[0]?.headers.authorization).toBe(`Basic ${Buffer.from(':pass word').toString('base64')}`);
  });

  it.each(['ftp://host/', 'no url', 'http:user:secret', 'http://user:%zzsecret@host/', { host: 'x' }])(
    'is refused without its URL if that is no URL of http or https: %j',
    (url) => {
      const make = () => new RecentCommonWatcher({ webhook: { url: url as string } });
      expect(make).toThrow(OptionsError);
      expect(make).not.toThrow(/secret|no url|ftp/);
    },
  );
});
