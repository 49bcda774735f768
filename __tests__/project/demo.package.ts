import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { createClient } from 'redis';
import { bringEmbeddedServer } from '../../examples/demo/embedded';
import { compareCounts } from '../../examples/demo/findings';
import { compiledRoot } from '../support/compiled';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { CliProcess, describeWithTerminal } from '../support/viewers/cli-process';
import { tableRows } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { sharedUrl, Workspace } from '../support/workspace';

const PROGRAM = ['examples/demo/main.js'];

interface Finished {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Places {
  readonly local?: string;
  readonly server?: string;
  readonly REDIS_URL?: string;
}

/** Runs the demo to its end, with no Redis in reach but the given ones. */
async function runDemo(
  { local, server = 'redis-server', ...env }: Places,
  { calm = '0', seconds = '0.3' } = {},
): Promise<Finished> {
  const { REDIS_URL: _none, ...inherited } = process.env;
  const nobody = `redis://127.0.0.1:${await freePort()}`;
  const places = ['--local', local ?? nobody, '--server', server];
  const child = spawn(process.execPath, [...PROGRAM, '--calm', calm, '--seconds', seconds, ...places], {
    cwd: compiledRoot(),
    env: { ...inherited, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { exitCode: child.exitCode, output, errors };
}

function expectExact({ exitCode, output, errors }: Finished): void {
  expect(errors).toBe('');
  expect(output).toMatch(/^Redis has counted all [\d,]+ log calls of these two hours\.$/m);
  expect(exitCode).toBe(0);
}

/** What the incident brings, the most urgent first: three new messages, and one that is surging. */
function expectIncident(output: string): void {
  expect(output).toMatch(/^ {2}SURGING .* timeout after <time> calling <url>$/m);
  for (const message of ['voucher <number> does not exist', 'TypeError: Cannot read', 'payment gateway <host>']) {
    expect(output).toMatch(new RegExp(`^ {2}NEW .*${message}`, 'm'));
  }
  const rows = [...output.matchAll(/^ {2}(?:NEW|SURGING|FADING) .*?\) +(\w+)/gm)];
  expect(rows.map(([, severity]) => severity)).toEqual(['critical', 'error', 'error', 'warning']);
  // Longer than a line.
  expect(output).toMatch(/^.{99}…$/m);
}

async function expectRefused(url: string): Promise<void> {
  const client = createClient({ url, socket: { reconnectStrategy: false }, RESP: 2 });
  client.on('error', () => undefined);
  await expect(client.connect()).rejects.toThrow('ECONNREFUSED');
}

beforeEach(() => clearOfTheTurn());

describe('demo without a terminal', () => {
  it('fills the last hours of a shop, has an incident, prints what is new and surging, and ends', async () => {
    const demo = await runDemo({ REDIS_URL: sharedUrl() }, { seconds: '10' });
    expectExact(demo);
    expectIncident(demo.output);
  });

  it('has nothing to tell before the incident', async () => {
    const demo = await runDemo({ REDIS_URL: sharedUrl() }, { calm: '60' });
    expectExact(demo);
    expect(demo.output).toContain('against the hour before:\n  nothing\n');
  });

  it.each([
    [0, true],
    [1, false],
  ])('reports whether its counts are exact (%i of the log calls are missing)', async (missing, isExact) => {
    const workspace = await Workspace.open();
    const { logger, transport } = workspace.logger({ name: 'shop' });
    logger.info('GET /health 200');
    await transport.flush();
    const print = jest.spyOn(console, 'log').mockImplementation();
    const made = new Map([[Date.parse(`${isoHour()}Z`), 1 + missing]]);
    expect(await compareCounts(workspace.reader, made)).toBe(isExact);
    print.mockRestore();
    await workspace.close();
  });
});

describeWithTerminal('demo in a terminal', () => {
  afterEach(() => CliProcess.killAll());

  it('goes on until Ctrl-C, then prints what it found, stops its Redis and ends with code 0', async () => {
    const places = ['--calm', '1', '--local', `redis://127.0.0.1:${await freePort()}`];
    const demo = CliProcess.startInTerminal(places, { program: PROGRAM });
    await demo.shows('Ctrl-C ends the shop.');
    const [, dashboard = ''] = /(http:\S+)/.exec(demo.stdout) as RegExpExecArray;
    const [, url = ''] = /started on (redis:\S+)/.exec(demo.stdout) as RegExpExecArray;
    await demo.shows('The incident has begun');
    await until(async () => {
      const html = await (await fetch(`${dashboard}?name=checkout`)).text();
      const changes = tableRows(html, 'changes').map((cells) => cells.join(' '));
      return changes.some((row) => /new.*voucher/.test(row)) && changes.some((row) => /surging.*timeout/.test(row));
    });
    demo.type('\u0003');
    const { code, stdout } = await demo.ended();
    expect(stdout).toMatch(/SURGING .*timeout after <time>/);
    expect(stdout).toContain('Redis has counted all');
    expect(code).toBe(0);
    await expectRefused(url);
  });

  it('prints commands that show its loggers from another terminal', async () => {
    const demo = CliProcess.startInTerminal(['--local', sharedUrl()], { program: PROGRAM });
    await demo.shows('Ctrl-C ends the shop.');
    const commands = [...demo.stdout.matchAll(/node dist\/cli\/bin\.js (.+)/g)].map(([, args]) => String(args).trim());
    expect(commands.map((command) => command.split(' ', 1)[0])).toEqual(['top', 'tail', 'ls']);
    for (const command of commands) {
      const viewer = CliProcess.start(command.split(' '));
      await viewer.shows(/checkout|order \d+ placed/);
      viewer.child.kill('SIGINT');
      expect((await viewer.ended()).stderr).toBe('');
    }
    demo.type('\u0003');
    expect((await demo.ended()).code).toBe(0);
  });
});

describeWithServer('Redis of the demo', () => {
  let server: RedisServer;
  let url: string;

  beforeAll(async () => {
    server = await RedisServer.start({ args: ['--requirepass', 'secret'] });
    url = `redis://:secret@127.0.0.1:${server.port}`;
  });
  afterAll(() => server.stop());

  it('is the one of REDIS_URL if that is set, and no password is shown', async () => {
    const demo = await runDemo({ REDIS_URL: url, local: url });
    expect(demo.output).toContain(`Redis: the Redis of REDIS_URL, ${server.url}`);
    expect(demo.output).not.toContain('secret');
    expectExact(demo);
  });

  it('is the one of this machine without REDIS_URL', async () => {
    const demo = await runDemo({ local: url });
    expect(demo.output).toContain(`Redis: the Redis on ${server.url}`);
    expectExact(demo);
  });

  it('is a redis-server from the PATH if this machine runs none, and is stopped at the end', async () => {
    const demo = await runDemo({});
    const started = /^Redis: a redis-server from the PATH, started on (redis:\S+)$/m.exec(demo.output)?.[1];
    expectExact(demo);
    await expectRefused(started as string);
  });
});

/** npm brings the embedded server, and may reach no registry. */
function isEmbeddedServerMissing(): boolean {
  try {
    bringEmbeddedServer();
    return false;
  } catch (error) {
    console.log(`The embedded server is not tried: ${(error as Error).message}`);
    return true;
  }
}

describe('demo on a machine without a Redis', () => {
  it('has npm bring an embedded server, which shows the incident as well', async () => {
    if (isEmbeddedServerMissing()) return;
    const demo = await runDemo({ server: 'no-such-server' }, { seconds: '10' });
    expectIncident(demo.output);
    expect(demo.output).toContain('Redis: the embedded JavaScript server, started on redis://');
    // It may reply late on a busy machine.
    expectExact({ ...demo, errors: demo.errors.replace(/^\[winston-redis-recent-common\] \[delivery\] .*\n/gm, '') });
  });

  it('ends with code 1 if the Redis of REDIS_URL cannot be used, and does not show its password', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const demo = await runDemo({ REDIS_URL: `redis://user:secret@${host}` });
    expect(demo).toEqual({
      exitCode: 1,
      output: '',
      errors: expect.stringContaining(`redis://${host}, cannot be used`),
    });
  });
});
