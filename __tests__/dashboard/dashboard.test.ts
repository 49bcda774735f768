import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { createClient } from 'redis';
import { OptionsError, RecentCommonReader } from '../../src';
import { createDashboard, type Dashboard, type DashboardOptions } from '../../src/dashboard';
import { setOwnClock, shortenWaits } from '../support/own-clock';
import { runProgram } from '../support/program';
import { makeUser, readRefusals, userRules } from '../support/redis/acl';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { ask, logCounts, makeDashboard, Site, textById } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
  "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** The headers of every answer. */
const SECURITY = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-robots-tag': 'noindex',
};

/** A query for each kind of answer. */
const QUERIES = ['', '?asset=style', '?asset=script', '?format=json', '?format=parts', '?line=x', '?name=shop'];

let workspace: Workspace;
let board: Dashboard;
let site: Site;

beforeAll(async () => {
  workspace = await Workspace.open();
  await logCounts(workspace, 'shop', { info: { 'order placed': 3 } });
  board = makeDashboard(workspace);
  site = await Site.open(board.node);
});
afterAll(async () => {
  await site.close();
  await workspace.close();
});

/** Sends a request as it stands, and gives the first line of the answer. */
async function readStatusLine({ url }: Site, request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(request);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString().split('\r\n', 1)[0] as string;
}

describe('createDashboard', () => {
  it.each<[string, object]>([
    ['reader', { reader: undefined }],
    ['reader.compare', { reader: { names() {}, overview() {}, changedSince() {}, glance() {}, recent() {} } }],
    ['authorize', { authorize: undefined }],
    ['authorize', { authorize: true }],
    ['authorize', { authorize: 'everyone' }],
    ['title', { title: 1 }],
    ['environment', { environment: {} }],
    ['refreshMs', { refreshMs: 999 }],
    ['refreshMs', { refreshMs: 5000.5 }],
    ['watchers', { watchers: 'default' }],
    ['watchers', { watchers: ['{default}'] }],
  ])('refuses an invalid %s: %j', (option, wrong) => {
    const options = { reader: workspace.reader, authorize: 'public', ...wrong } as DashboardOptions;
    expect(() => createDashboard(options)).toThrow(OptionsError);
    expect(() => createDashboard(options)).toThrow(`${option}: `);
  });

  it('uses the default of an option that is undefined', async () => {
    const options = { title: undefined, environment: undefined, refreshMs: undefined, watchers: undefined };
    const html = await (await ask(makeDashboard(workspace, options))).text();
    expect(html).toContain('<h1><a href="?">Logs</a></h1>');
    expect(html).toContain('data-refresh-ms="5000"');
    expect(html).not.toContain('class="environment"');
  });
});

describe.each([
  ['fetch', (query: string, init?: RequestInit) => ask(board, query, init)],
  ['node', (query: string, init?: RequestInit) => fetch(`${site.url}/${query}`, init)],
])('the %s handler', (_handler, request) => {
  it.each<[string, number, string, string]>([
    ['', 200, 'text/html', 'no-store'],
    ['?asset=style', 200, 'text/css', 'private, no-cache'],
    ['?asset=script', 200, 'text/javascript', 'private, no-cache'],
    ['?format=json', 200, 'application/json', 'no-store'],
    ['?format=parts', 200, 'application/json', 'no-store'],
    ['?name=nobody', 404, 'text/html', 'no-store'],
    ['?name=nobody&format=parts', 404, 'application/json', 'no-store'],
    ['?line=gone', 404, 'text/plain', 'no-store'],
    ['?format=xml', 404, 'text/plain', 'no-store'],
    ['?asset=toString', 404, 'text/plain', 'no-store'],
  ])('answers %p with status %i, its type and every security header', async (query, status, type, caching) => {
    const response = await request(query);
    const headers = Object.fromEntries(response.headers);
    expect(response.status).toBe(status);
    expect(headers).toMatchObject({ ...SECURITY, 'content-type': `${type}; charset=utf-8`, 'cache-control': caching });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect((await response.text()).length).toBeGreaterThan(0);
  });

  it('answers HEAD like GET, but without a body', async () => {
    const response = await request('?format=json', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({ ...SECURITY, etag: expect.any(String) });
    expect(await response.text()).toBe('');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'refuses %s and names the methods that are allowed',
    async (method) => {
      const response = await request('', { method });
      expect(response.status).toBe(405);
      expect(Object.fromEntries(response.headers)).toMatchObject({ ...SECURITY, allow: 'GET, HEAD' });
      expect(await response.text()).not.toContain('shop');
    },
  );

  it.each(['?asset=style', '?asset=script', '?format=json', '?format=parts'])(
    'answers %p with 304 and no body if the browser has it already',
    async (query) => {
      const isNotSentAgain = async (write: (tag: string) => string): Promise<boolean> => {
        const tag = (await request(query)).headers.get('etag') as string;
        const response = await request(query, { headers: { 'If-None-Match': write(tag) } });
        if (response.status === 200) return false;
        expect(response.status).toBe(304);
        expect(Object.fromEntries(response.headers)).toMatchObject({ ...SECURITY, etag: tag });
        expect(await response.text()).toBe('');
        return true;
      };
      // A minute may turn between two requests.
      for (const write of [
        (tag: string) => tag,
        (tag: string) => tag.replace('W/', ''),
        (tag: string) => `"other",, ${tag} `,
        () => ' * ',
      ]) {
        await until(() => isNotSentAgain(write));
      }
      expect((await request(query, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
    },
  );

  it.each([
    ['', 304],
    ['?name=shop', 304],
    ['?name=nobody', 404],
    ['?name=nobody&format=parts', 404],
    ['?asset=none', 404],
  ])('takes If-None-Match: * for any answer that there is: %p is answered with %i', async (query, status) => {
    const response = await request(query, { headers: { 'If-None-Match': '*' } });
    expect([response.status, (await response.text()) === '']).toEqual([status, status === 304]);
  });

  it('has weak tags, as an answer has other bytes when it is compressed', async () => {
    expect((await request('?format=json')).headers.get('etag')).toMatch(/^W\/"[\w-]{27}"$/);
  });

  it('answers with another tag once something was logged', async () => {
    const tag = (await request('?name=shop&format=parts')).headers.get('etag') as string;
    await logCounts(workspace, 'shop', { info: { 'order placed': 1 } });
    const response = await request('?name=shop&format=parts', { headers: { 'If-None-Match': tag } });
    expect(response.status).toBe(200);
  });
});

describe('authorize', () => {
  type Authorize = Exclude<DashboardOptions['authorize'], 'public'>;

  it.each<[string, () => unknown]>([
    ['returns false', () => false],
    ['returns a promise of false', async () => false],
    ['returns nothing', () => undefined],
    ['returns something other than true', () => ({ user: 'ann' })],
    [
      'throws',
      () => {
        throw new Error('no session store');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no session store'))],
  ])('refuses every request, before anything is read, if it %s', async (_case, authorize) => {
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    const names = jest.spyOn(reader, 'names');
    const guarded = createDashboard({ reader, authorize: authorize as Authorize });
    for (const query of QUERIES) {
      const response = await ask(guarded, query);
      expect(response.status).toBe(403);
      expect(Object.fromEntries(response.headers)).toMatchObject({ ...SECURITY, 'cache-control': 'no-store' });
      expect(await response.text()).toBe('Forbidden\n');
    }
    expect(names).not.toHaveBeenCalled();
  });

  it('holds no request for longer than ten seconds if it never settles', async () => {
    const guarded = makeDashboard(workspace, { authorize: () => new Promise(() => undefined) });
    const site = await Site.open(guarded.node);
    for (const response of await Promise.all([ask(guarded), ask(guarded, '?asset=script'), fetch(site.url)])) {
      expect(response.status).toBe(503);
      expect(await response.text()).toBe('Whether you may see this page was not decided in time\n');
    }
    await site.close();
  });

  it('is called with each request, and lets a request pass if it returns true', async () => {
    const seen: string[] = [];
    const authorize: Authorize = async ({ method, url, headers }) => {
      seen.push(`${method} ${new URL(url).pathname}${new URL(url).search}`);
      return headers.get('cookie') === 'session=1';
    };
    const guarded = await Site.open(makeDashboard(workspace, { authorize }).node);
    const get = (query: string, cookie: string): Promise<Response> =>
      fetch(`${guarded.url}/logs${query}`, { headers: { cookie } });
    expect((await get('', 'session=1')).status).toBe(200);
    expect((await get('?asset=script', 'session=2')).status).toBe(403);
    expect((await get('?format=parts', 'session=1')).status).toBe(200);
    expect(seen).toEqual(['GET /logs', 'GET /logs?asset=script', 'GET /logs?format=parts']);
    await guarded.close();
  });

  it('gets the whole address if a framework has removed the path of the mount', async () => {
    let asked = '';
    const authorize: Authorize = ({ url }) => {
      asked = new URL(url).pathname;
      return true;
    };
    const { node } = makeDashboard(workspace, { authorize });
    const mounted = await Site.open((request, response) => {
      node(Object.assign(request, { originalUrl: request.url, url: '/' }), response);
    });
    await fetch(`${mounted.url}/admin/logs`);
    expect(asked).toBe('/admin/logs');
    await mounted.close();
  });

  it.each([
    ['a path', '/x?y=1', 'Host: here', 'http://here/x?y=1', 'here'],
    ['a whole URL, whose host counts', 'http://other/x', 'Host: here', 'http://other/x', 'other'],
    ['a whole URL without a path', 'http://other:81?y', 'Host: here', 'http://other:81/?y', 'other:81'],
    ['a whole URL in capitals', 'HTTP://OTHER/x', 'Host: here', 'http://other/x', 'OTHER'],
    ['a path with a URL in it', '/http://other/x', 'Host: here', 'http://here/http://other/x', 'here'],
    ['two slashes', '//other/x', 'Host: here', 'http://here//other/x', 'here'],
    ['an IPv6 address', '/x', 'Host: [::1]:8080', 'http://[::1]:8080/x', '[::1]:8080'],
    ['no port after the colon', '/x', 'Host: here:', 'http://here/x', 'here:'],
  ])('gets the address that the request was sent to: %s', async (_case, target, header, url, host) => {
    const seen: unknown[] = [];
    const authorize: Authorize = (request) => seen.push(request.url, request.headers.get('host')) < 0;
    const guarded = await Site.open(makeDashboard(workspace, { authorize }).node);
    expect(await readStatusLine(guarded, `GET ${target} HTTP/1.1\r\n${header}\r\n\r\n`)).toContain(' 403 ');
    expect(seen).toEqual([url, host]);
    await guarded.close();
  });

  it.each([
    ['/', 'Host: here/x?y'],
    ['/', 'Host: here?y'],
    ['/', 'Host: here#y'],
    ['/', 'Host: here\\x'],
    ['/', 'Host: user@here'],
    ['/', 'Host: user:password@here'],
    ['/', 'Host: http://here'],
    ['/other/x', 'Host:'],
    ['/', 'Host: here\r\nHost: other'],
    ['/', 'Host: here\r\nHost: here'],
    ['/', 'Host: here, other'],
    ['/', 'Host: here,other'],
    ['/', 'Host: here:80:81'],
    ['/', 'Host: here:99999'],
    ['/', 'Host: here:http'],
    ['/', 'Host: ::1'],
    ['/', 'Host: [::1'],
    ['/', 'Host: [::1]x'],
    ['/', 'Host: [fe80::1%25eth0]'],
    ['/', 'Host: h%65re'],
    ['/', 'Host: 1'],
    ['/', 'Host: 127.1'],
    ['/', 'Host: 0x7f.0.0.1:80'],
    ['http://0x7f.1/x', 'Host: here'],
    ['/logs/../admin', 'Host: here'],
    ['/logs/%2E%2e?x', 'Host: here'],
    ['/./logs', 'Host: here'],
    ['/logs\\..\\admin', 'Host: here'],
    ['http://other/logs/..', 'Host: here'],
    ['*', 'Host: here'],
    ['http:///x', 'Host: here'],
    ['http://user:password@other/x', 'Host: here'],
    ['http://other:99999/x', 'Host: here'],
    ['http://other/x', 'Host: here/y'],
    ['ftp://other/x', 'Host: here'],
  ])('is not called for an address that could pass for another one: %s with %j', async (target, header) => {
    const authorize = jest.fn(() => true);
    const guarded = await Site.open(makeDashboard(workspace, { authorize }).node);
    expect(await readStatusLine(guarded, `GET ${target} HTTP/1.1\r\n${header}\r\n\r\n`)).toContain(' 400 ');
    expect(authorize).not.toHaveBeenCalled();
    await guarded.close();
  });
});

describe('the node handler', () => {
  it.each([
    ['with a method that no web request has', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', 405],
    ['with an invalid host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
    ['with a password in its host', 'GET / HTTP/1.1\r\nHost: a:b@c\r\n\r\n', 400],
    ['without a host', 'GET / HTTP/1.0\r\n\r\n', 200],
    ['with a path that looks like a host', 'GET //evil.example/?asset=style HTTP/1.1\r\nHost: x\r\n\r\n', 200],
  ])('answers a request %s', async (_case, request, status) => {
    expect(await readStatusLine(site, request)).toContain(` ${status} `);
  });
});

describe('a client that takes gzip', () => {
  const queries = [
    '',
    '?name=shop',
    '?name=shop&format=json',
    '?name=shop&format=parts',
    '?asset=script',
    '?asset=style',
  ];

  /** An answer of the server as it was sent, which the global fetch() would decompress. */
  async function readBytes(query: string, headers = {}): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
    const [response] = (await once(get(`${site.url}${query}`, { headers }), 'response')) as [IncomingMessage];
    return { headers: response.headers, body: await buffer(response) };
  }

  /** Without what tells the moment of the answer. */
  function withoutMoment(bytes: Buffer): string {
    return bytes.toString().replace(/As of .*? UTC|"(score|expected)":[\d.e-]+/g, '');
  }

  it.each(queries)('gets at most 20 kB, which are the same uncompressed: %j', async (query) => {
    const readBoth = async (): Promise<boolean> => {
      const packed = await readBytes(query, { 'accept-encoding': 'br, gzip' });
      const plain = await readBytes(query);
      const isShort = plain.body.length < 1000;
      expect(packed.headers['content-encoding']).toBe(isShort ? undefined : 'gzip');
      expect([packed.headers.vary, plain.headers.vary]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(packed.body.length).toBeLessThanOrEqual(20_000);
      return withoutMoment(isShort ? packed.body : gunzipSync(packed.body)) === withoutMoment(plain.body);
    };
    // A minute may turn between the two.
    await until(readBoth);
  });

  it.each(['gzip;q=0', 'gzip;q=0, *', '*;q=1, GZIP ; Q=0.000', '*;q=0', 'gzip-like', 'br', 'identity', ''])(
    'gets an answer that is not compressed if it takes none: %s',
    async (header) => {
      const { headers } = await readBytes('?asset=style', { 'accept-encoding': header });
      expect(headers['content-encoding']).toBeUndefined();
    },
  );

  it.each(['gzip', 'X-GZIP;q=0.001', 'br;q=0, *', '*;q=0, gzip', 'br , gzip ; q=1'])(
    'gets a compressed answer if it takes gzip: %s',
    async (header) => {
      const { headers } = await readBytes('?asset=style', { 'accept-encoding': header });
      expect(headers['content-encoding']).toBe('gzip');
    },
  );

  it.each(['cross-site', 'same-site'])('gets an answer whose size tells nothing to another site: %s', async (site) => {
    const headers = { 'accept-encoding': 'gzip', 'sec-fetch-site': site };
    expect((await readBytes('?asset=style', headers)).headers['content-encoding']).toBeUndefined();
  });

  it('gets from fetch() what is not compressed: a server that compresses each answer would do it twice', async () => {
    const answer = await ask(board, '?asset=style', { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.text()).toContain('main');
  });
});

describe('requests at the same time', () => {
  it('share one read of a view, and a later one reads again', async () => {
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    const names = jest.spyOn(reader, 'names');
    const shared = makeDashboard(workspace, { reader });
    await Promise.all(Array.from({ length: 20 }, () => ask(shared, '?name=shop&format=parts')));
    expect(names).toHaveBeenCalledTimes(1);
    await ask(shared, '?name=shop&format=parts');
    expect(names).toHaveBeenCalledTimes(2);
    reader.close();
  });

  it('share one read if they differ only in filter and order, or only in the line', async () => {
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    const recent = jest.spyOn(reader, 'recent');
    const shared = makeDashboard(workspace, { reader });
    const queries = Array.from(
      { length: 30 },
      (_, i) => `?name=shop&filter=${i}&sort=${i % 2 ? 'previous' : 'current'}`,
    );
    const pages = await Promise.all(queries.map((query) => ask(shared, query)));
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
    expect(recent).toHaveBeenCalledTimes(1);
    await Promise.all(queries.map((_, i) => ask(shared, `?name=shop&line=${i}`)));
    expect(recent).toHaveBeenCalledTimes(2);
    reader.close();
  });

  it('are refused from the ninth different view on, until one is answered', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    jest.spyOn(reader, 'names').mockImplementation(() => answered.then(() => workspace.reader.names()));
    const busy = makeDashboard(workspace, { reader });
    const others = Array.from({ length: 8 }, (_, i) => ask(busy, `?name=app${i}&format=parts`));
    const refused = await ask(busy, '?name=shop&format=parts');
    expect([refused.status, await refused.json()]).toEqual([503, { error: 'Too many views are being read at once.' }]);
    answer();
    await Promise.all(others);
    expect((await ask(busy, '?name=shop&format=parts')).status).toBe(200);
    reader.close();
  });
});

describe('reads that outlive their deadline', () => {
  it('count as under way until they end, so that no more than eight ever wait', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    const names = jest.spyOn(reader, 'names').mockImplementation(() => answered.then(() => workspace.reader.names()));
    const hanging = makeDashboard(workspace, { reader });
    shortenWaits(5000);
    const askAll = (first: number): Promise<number[]> =>
      Promise.all(
        Array.from({ length: 8 }, async (_, i) => (await ask(hanging, `?name=app${first + i}&format=parts`)).status),
      );
    expect(await askAll(0)).toEqual(Array(8).fill(503));
    expect(await askAll(8)).toEqual(Array(8).fill(503));
    expect(names).toHaveBeenCalledTimes(8);
    setOwnClock();
    answer();
    await until(async () => (await ask(hanging, '?name=shop&format=parts')).status === 200);
    reader.close();
  });
});

describe('a dashboard without its Redis', () => {
  it('says on the page and in its data why nothing is shown, and not where Redis is', async () => {
    const port = await freePort();
    const reader = new RecentCommonReader({ url: `redis://:secret@127.0.0.1:${port}` });
    const away = makeDashboard(workspace, { reader });
    const page = await ask(away, '?name=shop');
    expect(page.status).toBe(503);
    const html = await page.text();
    expect(textById(html, 'status')).toBe('Redis does not answer (ECONNREFUSED).');
    expect(html).toContain('<a id="refresh" href="?name=shop">Refresh</a>');
    const data = await ask(away, '?format=parts');
    expect(data.status).toBe(503);
    expect(await data.json()).toEqual({ error: 'Redis does not answer (ECONNREFUSED).' });
    expect((await ask(away, '?name=shop&line=x')).status).toBe(503);
    for (const secret of ['secret', String(port)]) expect(html).not.toContain(secret);
  });
});

describeWithServer('a dashboard', () => {
  it('gives up after 5 s if Redis hangs, even with a client that would wait forever', async () => {
    const server = await RedisServer.start();
    const client = createClient({ url: server.url, RESP: 2 });
    client.on('error', () => undefined);
    await client.connect();
    const hanging = makeDashboard(workspace, { reader: new RecentCommonReader({ client }) });
    try {
      server.signal('SIGSTOP');
      jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'] });
      setOwnClock({ setTimeout, clearTimeout });
      const asked = ask(hanging);
      let isAnswered = false;
      void asked.then(() => (isAnswered = true));
      await jest.advanceTimersByTimeAsync(4999);
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      expect(isAnswered).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      const response = await asked;
      expect(response.status).toBe(503);
      expect(textById(await response.text(), 'status')).toBe('Redis does not answer.');
    } finally {
      jest.useRealTimers();
      setOwnClock();
      server.signal('SIGCONT');
      client.destroy();
      await server.stop();
    }
  });

  itWith('users')('says that Redis refuses access if its user lacks a right', async () => {
    const own = await Workspace.openOnOwnServer();
    await logCounts(own, 'shop', { info: { hello: 1 } });
    const rules = userRules('reader', own.prefix).filter((rule) => rule !== '+lrange');
    const url = await makeUser(own.redis, own.url, rules);
    const reader = new RecentCommonReader({ url, keyPrefix: own.prefix });
    const response = await ask(makeDashboard(own, { reader }), '?name=shop');
    expect(response.status).toBe(503);
    expect(textById(await response.text(), 'status')).toMatch(/^Redis refuses access/);
    reader.close();
    await own.close();
  });

  itWith('users')('needs no right beyond those of the documented log-reader', async () => {
    const own = await Workspace.openOnOwnServer();
    await logCounts(own, 'shop', { info: { hello: 1 }, error: { failed: 1 } });
    for (const query of [
      '',
      '?name=shop&severity=info',
      '?name=shop&filter=hell',
      '?name=shop&window=5',
      '?name=shop&line=x',
    ])
      await ask(makeDashboard(own), query);
    expect(await readRefusals(own.redis)).toEqual([]);
    expect((await ask(makeDashboard(own))).status).toBe(200);
    await own.close();
  });
});

describe('the modules of the package', () => {
  const loaded = `console.log(JSON.stringify(Object.keys(require.cache).map((path) => path.replaceAll('\\\\', '/'))));`;

  it('are loaded with the transport without the dashboard and the command line', async () => {
    const { stdout } = await runProgram(loaded, {});
    const paths: string[] = JSON.parse(stdout);
    expect(paths.some((path) => path.endsWith('/src/transport.js'))).toBe(true);
    expect(paths.filter((path) => /\/src\/(dashboard|cli)\b/.test(path))).toEqual([]);
  });

  it('are loaded with the dashboard without the write side', () => {
    jest.isolateModules(() => {
      jest.doMock('winston-transport', () => {
        throw new Error('winston-transport is loaded');
      });
      expect(() => require('../../src/dashboard')).not.toThrow();
      jest.dontMock('winston-transport');
    });
  });
});

describe('the script and style of the page', () => {
  it('have at most 20 kB together, and load nothing from elsewhere', async () => {
    const assets = await Promise.all(
      ['?asset=script', '?asset=style'].map(async (query) => (await ask(board, query)).text()),
    );
    const size = Buffer.byteLength(assets.join(''));
    console.log(`${size} bytes of script and style`);
    expect(size).toBeLessThanOrEqual(20_000);
    const page = await (await ask(board)).text();
    const addresses = [...(page + assets.join('')).matchAll(/(?:https?:)?\/\/[a-z][^\s'")&]*/g)].map(
      ([address]) => address,
    );
    expect(addresses.filter((address) => address !== 'http://www.w3.org/2000/svg')).toEqual([]);
    expect([...page.matchAll(/\b(?:src|href|action)="([^"]*)"/g)].map(([, reference]) => reference?.[0])).not.toContain(
      '/',
    );
  });
});
