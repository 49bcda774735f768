import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ErrorReply, encodeCommand, ReplyParser } from '../../src/cli/redis/resp';
import { ScriptClient } from '../../src/cli/redis/script-client';
import { makeUser, removeUser, userRules } from '../support/redis/acl';
import { makeCertificates } from '../support/redis/certificates';
import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { runCli } from '../support/viewers/cli';
import { CliProcess } from '../support/viewers/cli-process';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

describe('reply of Redis', () => {
  const TEXT = ['*4', '$4', '🎉', '*0', '*3', '$7', 'a\r\nb\r\nc', ':-17', '$-1', '-ERR no', '+OK', '$0', '', ''].join(
    '\r\n',
  );
  const REPLIES = [['🎉', [], ['a\r\nb\r\nc', -17, null], new ErrorReply('ERR no')], 'OK', ''];

  it('is parsed from chunks of any size', () => {
    const bytes = Buffer.from(TEXT);
    for (let size = 1; size <= bytes.length; size++) {
      const parser = new ReplyParser();
      const replies = [];
      for (let at = 0; at < bytes.length; at += size) replies.push(...parser.read(bytes.subarray(at, at + size)));
      expect(replies).toEqual(REPLIES);
    }
  });

  it('is told apart from bytes that are not RESP', () => {
    expect(() => new ReplyParser().read(Buffer.from('HTTP/1.1 400 Bad Request\r\n'))).toThrow(
      'the server is not Redis',
    );
  });
});

describe('command to Redis', () => {
  it('has the length of each part in bytes', () => {
    expect(encodeCommand(['EVAL', '', 'é\r\n'])).toBe('*3\r\n$4\r\nEVAL\r\n$0\r\n\r\n$4\r\né\r\n\r\n');
  });
});

describe('script client', () => {
  it('rejects a script if a server accepts the connection and does not reply in time', async () => {
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const address = { host: '127.0.0.1', port, isTls: false, username: '', password: '', database: 0 };
    const client = new ScriptClient(address, 100);
    try {
      await expect(client.eval('return 1', { keys: [], arguments: [] })).rejects.toThrow('no reply within 0.1 s');
    } finally {
      client.close();
      mute.close();
    }
  });
});

describeWithServer('connection of the program', () => {
  it('is left for the server that has its name now if a master that was demoted no longer answers questions', async () => {
    const old = await RedisServer.start({ args: ['--replica-serve-stale-data', 'no'] });
    const promoted = await RedisServer.start();
    const name = await FaultProxy.start(old.port);
    const { port } = name;
    const address = { host: '127.0.0.1', port, isTls: false, username: '', password: '', database: 0 };
    const client = new ScriptClient(address);
    const ping = (): Promise<unknown> => client.eval("return redis.call('PING')", { keys: [], arguments: [] });
    try {
      await ping();
      name.redirect(promoted.port);
      await old.command(['REPLICAOF', '127.0.0.1', '1']);
      await expect(ping()).rejects.toThrow('MASTERDOWN');
      expect(await ping()).toBe('PONG');
    } finally {
      client.close();
      for (const each of [name, old, promoted]) await each.stop();
    }
  });

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

  itWith('users')('signs in with the user and password of the URL, whatever characters they have', async () => {
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

  itWith('users')('needs no rights besides those of the documented log-reader', async () => {
    const url = await makeUser(workspace.redis, server.url, userRules('reader', workspace.prefix));
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

  it('fails with the reason if the server is not Redis', async () => {
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(web, 'listening');
    try {
      const { code, stderr } = await ls(`redis://127.0.0.1:${(web.address() as AddressInfo).port}`);
      expect(stderr).toContain(': the server is not Redis\n');
      expect(code).toBe(1);
    } finally {
      web.close();
    }
  });

  const itWithTls = itWith('certificates', 'TLS');
  itWithTls('speaks TLS with rediss://, and only with a server that it can trust', async () => {
    const certificates = makeCertificates();
    const { certFile, keyFile } = certificates.server;
    const tlsPort = await freePort();
    const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile];
    const secured = await RedisServer.start({
      args: ['--tls-port', String(tlsPort), '--tls-auth-clients', 'no', ...files],
    });
    const NODE_EXTRA_CA_CERTS = certificates.authority.certFile;
    const lsByHost = (host: string, env: Record<string, string>): ReturnType<CliProcess['ended']> =>
      CliProcess.start(['ls', '--json', '-u', `rediss://${host}:${tlsPort}`], env).ended();
    try {
      const own = await Workspace.open(secured.url);
      await writeHours({ redis: own.redis, key: (key) => key }, { name: 'shop', severity: 'info', now: { hello: 1 } });
      const [byAddress, byName, untrusted] = await Promise.all([
        lsByHost('127.0.0.1', { NODE_EXTRA_CA_CERTS }),
        lsByHost('localhost', { NODE_EXTRA_CA_CERTS }),
        lsByHost('localhost', {}),
      ]);
      await own.close();
      expect(byAddress).toEqual(shown);
      expect(byName).toEqual(shown);
      expect(untrusted).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/: .*certificate/) });
    } finally {
      await secured.stop();
      certificates.remove();
    }
  });
});
