import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { freePort } from '../support/redis/servers';
import { RunningCli, runCli } from '../support/viewers/cli';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

const USER = 'operator';
const PASSWORD = 'pass:wörd';
const SIGNED = { RECENT_COMMON_USER: USER, RECENT_COMMON_PASSWORD: PASSWORD };

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
  await writeHours(workspace, { name: 'shop', severity: 'info', now: { 'order placed': 7 } });
});
afterEach(() => RunningCli.interruptAll());
afterAll(() => workspace.close());

const serveArgs = (...args: string[]): string[] => [
  'serve',
  '-u',
  workspace.url,
  '--prefix',
  workspace.prefix,
  ...args,
];
const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

async function serve(env: Record<string, string> = {}, ...args: string[]): Promise<{ cli: RunningCli; url: string }> {
  const cli = new RunningCli(serveArgs('-p', '0', ...args), { env });
  await cli.until(() => cli.stdout.text.endsWith('\n'));
  const [url = ''] = /http:\/\/[^\s"]+/.exec(cli.stdout.text) ?? [];
  return { cli, url };
}

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Unlike `fetch`, lets a request set its `Host` header. */
async function request(url: string, headers: Record<string, string> = {}): Promise<Got> {
  const [response] = (await once(get(url, { headers, agent: false }), 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

describe('serve', () => {
  it('serves the page to this machine until interrupted, and prints its URL', async () => {
    const { cli, url } = await serve();
    const { host } = new URL(workspace.url);
    expect(cli.stdout.text).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ shows redis:\/\/\S+\. Ctrl-C ends\n$/);
    expect(cli.stdout.text).toContain(`redis://${host}`);
    const { status, headers, body } = await request(url);
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toContain('>shop</a>');
    expect(await cli.interrupt()).toMatchObject({ code: 0, stderr: '' });
    await expect(request(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('serves the page at any path, since a proxy may keep or strip its own', async () => {
    const { url } = await serve();
    expect(await request(`${url}favicon.ico`)).toMatchObject({ status: 404 });
    for (const path of ['', 'logs', 'logs/', 'a/b/c']) {
      const { status, body } = await request(`${url}${path}?name=shop&severity=info`);
      expect([status, body.includes('order placed')]).toEqual([200, true]);
      expect(body).not.toMatch(/(?:href|src|action)="\//);
    }
  });

  it('answers /healthz to whoever asks, and tells nothing else there', async () => {
    const { url } = await serve(SIGNED);
    for (const path of ['healthz', 'healthz/', 'healthz?from=probe', 'logs/healthz', 'logs//healthz//?']) {
      expect(await request(`${url}${path}`, { host: 'probe' })).toMatchObject({ status: 200, body: 'ok\n' });
    }
    expect(await request(url)).toMatchObject({ status: 401 });
    expect((await fetch(`${url}healthz`, { method: 'POST' })).status).toBe(401);
  });

  it('shows several environments, and links from one to another', async () => {
    const url = `--env=production=${workspace.url}`;
    const cli = new RunningCli([
      'serve',
      '-p',
      '0',
      '--prefix',
      workspace.prefix,
      url,
      `--env=staging=${workspace.url}`,
    ]);
    await cli.until(() => cli.stdout.text.endsWith('\n'));
    const [page = ''] = /http:\S+/.exec(cli.stdout.text) ?? [];
    expect(cli.stdout.text).toMatch(/ shows production \(redis:\S+\), staging \(redis:\S+\)\. Ctrl-C ends\n$/);
    const { body } = await request(page);
    expect(body).toContain('<a class="choice" href="?in=staging">staging</a>');
    expect(body).toContain('href="?in=production" aria-current="true"');
    const other = await request(`${page}?in=staging&name=shop`);
    expect(other.body).toContain('order placed');
    expect(other.body).toContain('href="?in=staging" aria-current="true"');
    expect(await request(`${page}?in=nowhere`)).toMatchObject({ status: 404 });
    expect(await cli.interrupt()).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['--env', 'production'],
    ['--env', '=redis://localhost'],
    ['--env', 'a=redis://u:s3cret@localhost', '--env', 'a=redis://localhost'],
    ['--env', 'a=redis://u:s3cret@localhost', '-u', 'redis://localhost'],
    ['--env', 'a=http://u:s3cret@localhost'],
  ])('ends with code 2 if its environments cannot be told apart or used: %s %s', async (...args) => {
    const { code, stdout, stderr } = await runCli(['serve', ...args]);
    expect(stderr).toContain('--env');
    expect(stderr).not.toContain('s3cret');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('prints its URL as JSON with --json', async () => {
    const { cli, url } = await serve({}, '--json', '--host', 'localhost');
    expect(JSON.parse(cli.stdout.text)).toEqual({ url, redis: expect.stringMatching(/^redis:\/\//) });
    expect(new URL(url).hostname).toBe('localhost');
  });

  it.each([
    ['127.0.0.1', 200],
    ['localhost', 200],
    ['[::1]:8379', 200],
    ['logs.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
  ])('answers 403 to a host name that is not this machine, against DNS rebinding: %s gets %d', async (host, status) => {
    const { url } = await serve();
    expect(await request(url, { host })).toMatchObject({ status });
  });

  it('answers 401 unless user and password are those of the environment', async () => {
    const { url } = await serve(SIGNED);
    const refused = [
      {},
      basic(USER, 'wrong'),
      basic('wrong', PASSWORD),
      basic(`${USER}:pass`, 'wörd '),
      basic('', ''),
      { authorization: 'Basic' },
      { authorization: `Bearer ${PASSWORD}` },
    ];
    for (const headers of refused) {
      const got = await request(url, headers as Record<string, string>);
      expect(got).toMatchObject({ status: 401, body: 'Sign in\n' });
      expect(got.headers['www-authenticate']).toBe('Basic realm="logs", charset="UTF-8"');
    }
    expect(await request(url, basic(USER, PASSWORD))).toMatchObject({ status: 200 });
    expect(await request(url, { ...basic(USER, PASSWORD), host: 'logs.example' })).toMatchObject({ status: 200 });
    expect(await request(`${url}favicon.ico`)).toMatchObject({ status: 401 });
  });

  it('takes an IPv6 address in brackets, as in URLs', async () => {
    const { url } = await serve({}, '--host', '[::1]');
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+\/$/);
    expect(await request(url)).toMatchObject({ status: 200 });
  });

  it('serves other machines if a password is set', async () => {
    const { cli, url } = await serve(SIGNED, '--host', '0.0.0.0');
    expect(cli.stderr.text).toBe('');
    expect(await request(url.replace('0.0.0.0', '127.0.0.1'))).toMatchObject({ status: 401 });
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.org', '127.0.0.1.example.org'])(
    'ends with code 2 on an address of other machines without a password: %s',
    async (host) => {
      expect(await runCli(serveArgs('--host', host))).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(`only this machine is served, not ${host} (see --insecure)`),
      });
    },
  );

  it('serves other machines without a password with --insecure, and warns', async () => {
    const { cli, url } = await serve({}, '--host', '0.0.0.0', '--insecure');
    expect(cli.stderr.text).toBe(`warning: anyone who can reach ${url} can read the logs\n`);
    const local = url.replace('0.0.0.0', '127.0.0.1');
    expect(await request(local, { host: 'logs.example' })).toMatchObject({ status: 200 });
  });

  it.each([
    [{ RECENT_COMMON_USER: USER }, []],
    [{ RECENT_COMMON_PASSWORD: PASSWORD }, []],
    [{ ...SIGNED, RECENT_COMMON_USER: 'a:b' }, []],
    [SIGNED, ['--host', '']],
  ])('ends with code 2 if a part of user, password and address is missing: %j %j', async (env, args) => {
    const { code, stdout, stderr } = await runCli(serveArgs(...args), { env });
    expect(stderr).toMatch(/RECENT_COMMON_USER, without a colon|--host takes an address/);
    expect(stderr).not.toContain(PASSWORD);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('ends with code 1 if its port is taken', async () => {
    const other = createServer().listen(await freePort(), '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, stderr } = await runCli(serveArgs('-p', String(port)));
    other.close();
    expect(stderr).toMatch(new RegExp(`cannot listen on 127.0.0.1:${port}: .*EADDRINUSE`));
    expect(code).toBe(1);
  });

  it('shows no password of the Redis URL', async () => {
    const secret = 's3cret-pass';
    const url = `redis://user:${secret}@127.0.0.1:${await freePort()}`;
    const cli = new RunningCli(['serve', '-p', '0', '-u', url]);
    await cli.until(() => cli.stdout.text !== '');
    const [page = ''] = /http:\S+/.exec(cli.stdout.text) ?? [];
    const { status, body } = await request(page);
    expect(status).toBe(503);
    expect(body + cli.stdout.text + cli.stderr.text).not.toContain(secret);
  });
});
