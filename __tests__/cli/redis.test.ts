import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ErrorReply, encodeCommand, ReplyParser } from '../../src/cli/redis/resp';
import { makeUser, removeUser, rulesOf } from '../support/redis/acl';
import { makeCertificates } from '../support/redis/certificates';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { CliProcess, runCli, writeHours } from '../support/viewers/cli';
import { Workspace } from '../support/workspace';

const TIMEOUT_MS = 60_000;

describe('what Redis answers', () => {
  const TEXT = ['*4', '$4', '🎉', '*0', '*3', '$7', 'a\r\nb\r\nc', ':-17', '$-1', '-ERR no', '+OK', '$0', '', ''].join(
    '\r\n',
  );
  const REPLIES = [['🎉', [], ['a\r\nb\r\nc', -17, null], new ErrorReply('ERR no')], 'OK', ''];

  it('is understood in whatever pieces it comes', () => {
    const bytes = Buffer.from(TEXT);
    for (let size = 1; size <= bytes.length; size++) {
      const parser = new ReplyParser();
      const replies = [];
      for (let at = 0; at < bytes.length; at += size) replies.push(...parser.read(bytes.subarray(at, at + size)));
      expect(replies).toEqual(REPLIES);
    }
  });

  it('is told from what no Redis answers', () => {
    expect(() => new ReplyParser().read(Buffer.from('HTTP/1.1 400 Bad Request\r\n'))).toThrow(
      'the server is not Redis',
    );
  });
});

describe('what Redis is asked', () => {
  it('has the bytes of each part counted', () => {
    expect(encodeCommand(['EVAL', '', 'é\r\n'])).toBe('*3\r\n$4\r\nEVAL\r\n$0\r\n\r\n$4\r\né\r\n\r\n');
  });
});

describeWithServer('the program', () => {
  const PASSWORD = 'p@ss:w/rd?%#é';
  const [user, password] = ['a reader', PASSWORD].map(encodeURIComponent);
  let server: RedisServer;
  let workspace: Workspace;

  beforeAll(async () => {
    server = await RedisServer.start();
    workspace = await Workspace.open(server.url);
    await writeHours(workspace, { name: 'shop', severity: 'info', now: { hello: 1 } });
  });
  afterAll(async () => {
    await workspace.close();
    await server.stop();
  });

  const ls = (url: string): ReturnType<typeof runCli> =>
    runCli(['ls', '--json', '-u', url, '--prefix', workspace.prefix]);
  const shown = { code: 0, stdout: expect.stringContaining('"name":"shop"'), stderr: '' };

  it('signs in with the user and password of the URL, whatever signs they have', async () => {
    const rules = ['on', `>${PASSWORD}`, '~*', '+@all'];
    await workspace.redis.sendCommand(['ACL', 'SETUSER', 'areader', ...rules]);
    await workspace.redis.sendCommand(['CONFIG', 'SET', 'requirepass', PASSWORD]);
    try {
      expect(await ls(`redis://areader:${password}@127.0.0.1:${server.port}`)).toEqual(shown);
      expect(await ls(`redis://:${password}@127.0.0.1:${server.port}/0`)).toEqual(shown);
      for (const wrong of [`${user}:${password}@`, ':wrong@', '']) {
        const { code, stderr } = await ls(`redis://${wrong}127.0.0.1:${server.port}`);
        expect(stderr).toMatch(/cannot read from redis:\/\/127.0.0.1:\d+: (WRONGPASS|NOAUTH)/);
        expect(code).toBe(1);
      }
    } finally {
      await workspace.redis.sendCommand(['CONFIG', 'SET', 'requirepass', '']);
    }
  });

  it('needs no other rights than those that the README gives the one who reads', async () => {
    const url = await makeUser(workspace.redis, server.url, rulesOf('reader', workspace.prefix));
    const { logger, transport } = workspace.logger({ name: 'shop' });
    logger.info('hello');
    await transport.flush();
    for (const args of [['top'], ['top', 'shop'], ['tail'], ['ls']]) {
      const { code, stdout, stderr } = await runCli([...args, '-u', url, '--prefix', workspace.prefix]);
      expect(stdout).toMatch(args[0] === 'ls' ? / shop\n/ : / {2}hello\n/);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    await removeUser(workspace.redis, url);
  });

  it('reads from the database of the URL', async () => {
    await workspace.redis.select(3);
    await writeHours(workspace, { name: 'third', severity: 'info', now: { hello: 1 } });
    await workspace.redis.select(0);
    expect((await ls(`${server.url}/3`)).stdout).toMatch(/^\{"name":"third".*\}\n$/);
    expect(await ls(`${server.url}/99`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot read from redis:\/\/127.0.0.1:\d+\/99: ERR DB index/),
    });
  });

  it('says what answers where that is no Redis, and where nothing does', async () => {
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    try {
      await Promise.all([web, mute].map((each) => once(each, 'listening')));
      const [ofWeb, ofMute] = await Promise.all(
        [web, mute].map((each) => ls(`redis://127.0.0.1:${(each.address() as AddressInfo).port}`)),
      );
      expect(ofWeb).toMatchObject({ code: 1, stderr: expect.stringContaining(': the server is not Redis\n') });
      expect(ofMute).toMatchObject({ code: 1, stderr: expect.stringContaining(': no reply within 10 s\n') });
    } finally {
      web.close();
      mute.close();
    }
  });

  const itWithTls = itWith('certificates');
  itWithTls(
    'talks TLS with rediss://, and with whom it can trust alone',
    async () => {
      const certificates = makeCertificates();
      const { certFile, keyFile } = certificates.server;
      const tlsPort = await freePort();
      const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile];
      const secured = await RedisServer.start({
        args: ['--tls-port', String(tlsPort), '--tls-auth-clients', 'no', ...files],
      });
      const NODE_EXTRA_CA_CERTS = certificates.authority.certFile;
      const lsOf = (host: string, env: Record<string, string>): ReturnType<CliProcess['ended']> =>
        CliProcess.start(['ls', '--json', '-u', `rediss://${host}:${tlsPort}`], env).ended();
      try {
        const own = await Workspace.open(secured.url);
        await writeHours(
          { redis: own.redis, key: (key) => key },
          { name: 'shop', severity: 'info', now: { hello: 1 } },
        );
        const [byAddress, byName, untrusted] = await Promise.all([
          lsOf('127.0.0.1', { NODE_EXTRA_CA_CERTS }),
          lsOf('localhost', { NODE_EXTRA_CA_CERTS }),
          lsOf('localhost', {}),
        ]);
        await own.close();
        expect(byAddress).toEqual(shown);
        expect(byName).toEqual(shown);
        expect(untrusted).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/: .*certificate/) });
      } finally {
        await secured.stop();
        certificates.remove();
      }
    },
    TIMEOUT_MS,
  );
});
