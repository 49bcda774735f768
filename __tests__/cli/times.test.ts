import { printAlarm } from '../../src/cli/commands/alarm-printer';
import { Screen } from '../../src/cli/terminal/screen';
import { dateTimeText, timeText, zoneText } from '../../src/cli/terminal/time';
import type { Alarm } from '../../src/watch/alarm';
import { FakeSink, RunningCli, runCli } from '../support/viewers/cli';
import { CliProcess } from '../support/viewers/cli-process';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

/** As those of this machine, which may have any zone. */
const local = (month: number, ...rest: [day: number, hours: number, minutes: number, seconds: number]): Date =>
  new Date(2026, month - 1, ...rest);

describe('times for people', () => {
  const noon = local(11, 24, 12, 4, 11);

  it.each([
    [noon, 'Nov 24 12:04:11', '12:04:11'],
    [local(11, 24, 0, 4, 12), 'Nov 24 00:04:12', '00:04:12'],
    [local(11, 24, 0, 4, 11), 'Nov 24 00:04:11', 'Nov 24 00:04:11'],
    [local(3, 1, 23, 0, 5), 'Mar 01 23:00:05', 'Mar 01 23:00:05'],
    [new Date(Number.NaN), '-', '-'],
  ])('are local, with the date if they are half a day away: %p', (time, whole, short) => {
    expect([dateTimeText(time), timeText(time, noon)]).toEqual([whole, short]);
  });

  it.each([
    [0, 'UTC'],
    [-330, 'UTC+05:30'],
    [660, 'UTC-11:00'],
  ])('name the zone by its offset: %d minutes behind UTC', (minutes, zone) => {
    expect(zoneText({ getTimezoneOffset: () => minutes } as Date)).toBe(zone);
  });

  it('are written alike in every part of a line of watch', () => {
    const alarm: Alarm = {
      id: 'a',
      kind: 'new',
      name: 'shop',
      severity: 'error',
      message: 'payment refused',
      count: 12,
      expected: 0,
      firstSeen: local(11, 24, 12, 3, 58),
      sample: null,
      minutes: [],
      at: noon,
    };
    const stdout = new FakeSink();
    printAlarm(alarm, false, new Screen({ stdout, stderr: new FakeSink(), env: {} }, 'never'));
    expect(stdout.text).toBe('Nov 24 12:04:11  new error in shop: payment refused (12 times, first 12:03:58)\n');
  });
});

describe('zone of the times of a command', () => {
  const TZ = 'Asia/Kolkata';
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open();
    await writeHours(workspace, { name: 'shop', severity: 'error', now: { refused: 1 } });
  });
  afterEach(async () => {
    await RunningCli.interruptAll();
    await CliProcess.killAll();
  });
  afterAll(() => workspace.close());

  const start = (...args: string[]): CliProcess =>
    CliProcess.start([...args, '--url', workspace.url, '--prefix', workspace.prefix], { TZ });

  it('is named by top, which counts the hours of UTC', async () => {
    const { stdout } = await start('top').ended();
    expect(stdout.split('\n')[0]).toMatch(/^\d+ min into the hour from \d\d:30 \(UTC\+05:30\): /);
  });

  it('is named when watch begins', async () => {
    const cli = start('watch');
    await until(() => cli.stderr.includes('\n'));
    expect(cli.stderr).toMatch(/^watching .*, with times in UTC\+05:30\. Ctrl-C ends\n$/);
  });

  it.each(['top', 'tail', 'ls', 'watch', 'serve', 'forget'])('is told in the help of %s', async (command) => {
    expect((await runCli([command, '--help'])).stdout).toMatch(/Times\s+are those of this machine's time zone/);
  });
});
