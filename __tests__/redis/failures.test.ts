import { createClient } from 'redis';
import { isConfigurationError, isDemotionError, isDestinationError, isKeyRefusal } from '../../src/redis/failures';
import { makeUser } from '../support/redis/acl';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { describeWith } from '../support/requirements';
import { until } from '../support/wait';

const CALL = 'return redis.call(unpack(ARGV))';
const inScript = (...command: string[]): string[] => ['EVAL', CALL, '1', 'key', ...command];

async function readFailure(reply: Promise<unknown>): Promise<unknown> {
  return reply.then(
    (value) => {
      throw new Error(`the server answered ${String(value)}`);
    },
    (error: unknown) => error,
  );
}

/** What is recognized of an error, by name. */
function recognize(error: unknown): string[] {
  const kinds = { isConfigurationError, isDestinationError, isKeyRefusal, isDemotionError };
  return Object.entries(kinds).flatMap(([kind, isOne]) => (isOne(error) ? [kind] : []));
}

describeWithServer('refusal by a server', () => {
  let server: RedisServer;

  beforeEach(async () => {
    server = await RedisServer.start({ args: ['--lua-time-limit', '20', '--rename-command', 'PERSIST', ''] });
  });
  afterEach(() => server.stop());

  const recognizeReply = async (command: readonly string[]): Promise<string[]> =>
    recognize(await readFailure(server.command(command)));

  it.each([
    ['a password where none is set', ['AUTH', 'secret']],
    ['a user that does not exist', ['AUTH', 'nobody', 'secret']],
    ['a database that does not exist', ['SELECT', '99999']],
    ['a command that it does not know', ['NOSUCHCOMMAND', 'key']],
    ['a command that it does not know, in a script', inScript('NOSUCHCOMMAND', 'key')],
    ['a command that is renamed', ['PERSIST', 'key']],
    ['a command that is renamed, in a script', inScript('PERSIST', 'key')],
    ['a command that no script may run', inScript('SUBSCRIBE', 'key')],
  ])('is recognized as one of the configuration (%s)', async (_, command) => {
    expect(await recognizeReply(command)).toEqual(['isConfigurationError']);
  });

  it('is recognized as one of the configuration (a missing password, and a wrong one)', async () => {
    await server.command(['CONFIG', 'SET', 'requirepass', 'secret']);
    expect(await recognizeReply(['GET', 'key'])).toEqual(['isConfigurationError']);
    expect(await recognizeReply(['AUTH', 'wrong'])).toEqual(['isConfigurationError']);
  });

  it.each([
    ['without a script', ['LPUSH', 'key', 'x']],
    ['in a script', inScript('LPUSH', 'key', 'x')],
  ])('is recognized as one of the destination alone (a wrong type, %s)', async (_, command) => {
    await server.command(['SET', 'key', 'x']);
    expect(await recognizeReply(command)).toEqual(['isConfigurationError', 'isDestinationError']);
  });

  it.each([
    ['no memory', ['CONFIG', 'SET', 'maxmemory', '1'], []],
    ['a replica', ['REPLICAOF', '127.0.0.1', '1'], ['isDemotionError']],
  ])('is recognized as one that passes (%s)', async (_, change, kinds) => {
    await server.command(change);
    expect(await recognizeReply(['SET', 'key', 'x'])).toEqual(kinds);
    expect(await recognizeReply(inScript('SET', 'key', 'x'))).toEqual(kinds);
  });

  it('is recognized as one that passes (busy with a script, and a script that it does not know)', async () => {
    expect(await recognizeReply(['EVALSHA', '0'.repeat(40), '0'])).toEqual([]);
    const endless = readFailure(server.command(['EVAL', 'while true do end', '0']));
    await until(async () => /BUSY/.test(String(await server.command(['PING']).catch((error: unknown) => error))));
    expect(await recognizeReply(['EVAL', 'return 1', '0'])).toEqual([]);
    await server.command(['SCRIPT', 'KILL']);
    await endless;
  });
});

describeWith('server', 'users')('refusal of a user by a server', () => {
  let server: RedisServer;
  let admin: ReturnType<typeof createClient>;
  let user: ReturnType<typeof createClient>;

  beforeAll(async () => {
    server = await RedisServer.start();
    admin = createClient({ url: server.url });
    await admin.connect();
    const url = await makeUser(admin, server.url, ['on', '~key', '+eval', '+get']);
    user = createClient({ url, disableClientInfo: true });
    await user.connect();
  });
  afterAll(async () => {
    for (const client of [admin, user]) client.destroy();
    await server.stop();
  });

  it.each([
    ['a command', ['SET', 'key', 'x'], []],
    ['a command in a script', inScript('SET', 'key', 'x'), []],
    ['a key', ['GET', 'foreign'], ['isDestinationError', 'isKeyRefusal']],
    ['a key of a script', ['EVAL', CALL, '1', 'foreign', 'GET', 'foreign'], ['isDestinationError', 'isKeyRefusal']],
  ])('is recognized as one of the configuration (%s)', async (_, command, more) => {
    expect(recognize(await readFailure(user.sendCommand(command)))).toEqual(['isConfigurationError', ...more]);
  });

  it('is recognized as one of the configuration (a key that a script does not declare)', async () => {
    const error = await readFailure(user.sendCommand(['EVAL', CALL, '0', 'GET', 'foreign']));
    expect(recognize(error)).toContain('isConfigurationError');
  });
});
