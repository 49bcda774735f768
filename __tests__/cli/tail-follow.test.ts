import { Space } from '../support/space';
import { RunningCli } from '../support/viewers/cli';
import { Workspace } from '../support/workspace';
import { lineAt, writeLines } from '../support/writers/key-writer';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(async () => {
  await RunningCli.interruptAll();
  await workspace.close();
});

/** Loggers of one test's own, and tails that follow them. */
class FollowedSpace extends Space {
  static open(): FollowedSpace {
    return new FollowedSpace(workspace);
  }

  write(name: string, severity: string, ...lines: string[]): Promise<void> {
    return writeLines(this, { name, severity }, lines);
  }

  async writeSome(): Promise<void> {
    await this.write('shop', 'info', lineAt(1, 'opened'), lineAt(3, 'order 17'), lineAt(5, 'order 18'));
    await this.write('shop', 'error', lineAt(2, 'payment failed'), lineAt(4, 'payment failed again'));
    await this.write('api', 'info', lineAt(6, 'GET /'));
  }

  follow(...args: string[]): RunningCli {
    return new RunningCli(['tail', '-f', '-o', 'raw', ...args, ...this.options]);
  }
}

const shown = ({ stdout }: RunningCli): string[] => stdout.text.split('\n').slice(0, -1);

describe('tail -f', () => {
  it.concurrent('begins with the last lines, and goes on with new ones until interrupted', async () => {
    const space = FollowedSpace.open();
    await space.writeSome();
    const cli = space.follow('shop', '-n', '1');
    await cli.until(() => shown(cli).length === 1);
    await space.write('shop', 'info', lineAt(7, 'one more'));
    await cli.until(() => shown(cli).length === 2);
    await space.write('shop', 'error', lineAt(8, 'two more'), lineAt(9, 'three more'));
    await cli.until(() => shown(cli).length === 4);
    expect(await cli.interrupt()).toEqual({
      code: 0,
      stdout: 'order 18\none more\ntwo more\nthree more\n',
      stderr: '',
    });
  });

  it.concurrent('shows every line of several severities once, those of each severity in order', async () => {
    const space = FollowedSpace.open();
    await space.writeSome();
    const cli = space.follow('shop', '-n', '1');
    await cli.until(() => shown(cli).length === 1);
    const lists = (['info', 'error'] as const).map((severity, i) =>
      Array.from({ length: 20 }, (_, second) => lineAt(10 + 2 * second + i, `${severity} ${10 + 2 * second + i}`)),
    );
    const batch = space.redis.multi();
    (['info', 'error'] as const).forEach((severity, i) => {
      batch.lPush(space.key(`recent:shop:${severity}`), lists[i] as string[]);
      batch.incrBy(space.key(`recent:shop:${severity}:seq`), 20);
    });
    await batch.exec();
    await cli.until(() => shown(cli).length === 41);
    await cli.interrupt();
    const seconds = shown(cli)
      .slice(1)
      .map((line) => Number(line.split(' ')[1]));
    for (const severity of ['info', 'error']) {
      const own = shown(cli).filter((line) => line.startsWith(severity));
      expect(own).toEqual([...own].sort());
    }
    expect([...seconds].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => 10 + i));
  });

  it.concurrent('shows only the new lines that its options select', async () => {
    const space = FollowedSpace.open();
    await space.writeSome();
    const cli = space.follow('shop', '-l', 'info,debug', '-e', 'order');
    await cli.until(() => shown(cli).length === 1);
    await space.write('shop', 'error', lineAt(7, 'not of these'));
    await space.write('shop', 'info', lineAt(8, 'an order'), lineAt(9, 'wanted'));
    await space.write('shop', 'debug', lineAt(10, 'wanted too'));
    await cli.until(() => shown(cli).length === 3);
    await cli.interrupt();
    expect(shown(cli).sort()).toEqual(['opened', 'wanted', 'wanted too']);
  });

  it.concurrent('finds severities and loggers that appear later', async () => {
    const space = FollowedSpace.open();
    await space.write('shop', 'info', lineAt(1, 'opened'));
    const cli = new RunningCli(['tail', '-f', '-t', ...space.options]);
    await cli.until(() => cli.stdout.text.includes('opened'));
    await space.write('shop', 'critical', lineAt(2, 'the first of its severity'));
    await space.write('a long name', 'info', lineAt(3, 'the first of its name'));
    await cli.until(() => shown(cli).length === 3);
    await cli.interrupt();
    expect(shown(cli)[0]).toBe('2026-11-24T12:00:01.000Z  shop  info      opened');
    expect(shown(cli).slice(1).sort()).toEqual([
      expect.stringMatching(/^2026-11-24T12:00:02.000Z {2}shop {2,}critical {2}the first of its severity$/),
      '2026-11-24T12:00:03.000Z  a long name  info      the first of its name',
    ]);
  });

  it.concurrent('says so and waits if nothing has been logged yet', async () => {
    const space = FollowedSpace.open();
    const cli = space.follow();
    await cli.until(() => cli.stderr.text === 'nothing has been logged yet: waiting\n');
    await space.write('shop', 'info', lineAt(1, 'the first'));
    await cli.until(() => shown(cli).length === 1);
    expect((await cli.interrupt()).code).toBe(0);
  });

  it.concurrent('says so and waits for a logger that does not exist yet', async () => {
    const space = FollowedSpace.open();
    await space.writeSome();
    const cli = space.follow('chop');
    await cli.until(() => cli.stderr.text === "no line of 'chop' yet: waiting\n");
    await space.write('chop', 'info', lineAt(7, 'the first'));
    await cli.until(() => shown(cli).length === 1);
    expect((await cli.interrupt()).stdout).toBe('the first\n');
  });

  it.concurrent.each([
    [['-o', 'default'], 'stdout', '--- 150 lines of shop · info missed: more came at once than is kept ---'],
    [['-o', 'json'], 'stdout', '{"missed":150,"name":"shop","severity":"info"}'],
    [['-o', 'raw'], 'stderr', '--- 150 lines of shop · info missed: more came at once than is kept ---'],
  ] as const)('says how many lines it missed: %j on %s', async (args, stream, text) => {
    const space = FollowedSpace.open();
    await space.write('shop', 'info', lineAt(1, 'seen'));
    const cli = space.follow('shop', ...args);
    await cli.until(() => cli.stdout.text.includes('seen'));
    const batch = space.redis.multi();
    batch.lPush(
      space.key('recent:shop:info'),
      Array.from({ length: 250 }, (_, i) => lineAt(10, `line ${i}`)),
    );
    batch.lTrim(space.key('recent:shop:info'), 0, 99);
    batch.incrBy(space.key('recent:shop:info:seq'), 250);
    await batch.exec();
    await cli.until(() => cli.stdout.text.includes('line 249'));
    await cli.interrupt();
    expect(cli[stream].text.split('\n')).toContain(text);
    if (stream === 'stdout') expect(shown(cli)[1]).toBe(text);
    expect(shown(cli).filter((line) => line.includes('line '))).toHaveLength(100);
  });

  describe('of many loggers', () => {
    it('shows each line once, also of loggers that nobody noted and of new ones', async () => {
      const space = FollowedSpace.open();
      const names = Array.from({ length: 60 }, (_, i) => `service-${i}`);
      const count = (): number => shown(cli).length;
      for (const name of names) await space.write(name, 'info', lineAt(1, `${name} began`));
      // As if they had been quiet for long.
      await space.redis.zUnionStore(space.key('known'), [{ key: space.key('known'), weight: 0.5 }]);
      const cli = space.follow();
      await cli.until(() => count() === 60);
      await space.write('service-7', 'info', lineAt(2, 'noted'));
      await cli.until(() => count() === 61);
      await space.write('another', 'info', lineAt(3, 'new'));
      await cli.until(() => count() === 62);
      // As log_recent writes a line.
      await space.redis.lPush(space.key('recent:service-50:info'), 'Tue Nov 24 12:00:04 2026 not noted');
      await cli.until(() => count() === 63);
      await space.write('service-7', 'info', lineAt(5, 'noted again'));
      await cli.until(() => count() === 64);
      await cli.interrupt();
      expect(shown(cli).slice(60)).toEqual(['noted', 'new', 'not noted', 'noted again']);
    });
  });

  it.concurrent('ends with code 1 at an error that only a change of configuration can end', async () => {
    const space = FollowedSpace.open();
    await space.write('shop', 'info', lineAt(1, 'seen'));
    const cli = space.follow('shop');
    await cli.until(() => cli.stdout.text.includes('seen'));
    await space.redis.del(space.key('recent:shop:info'));
    await space.redis.set(space.key('recent:shop:info'), 'no list');
    const { code, stderr } = await cli.ended;
    expect(stderr).toContain('WRONGTYPE');
    expect(code).toBe(1);
  });
});
