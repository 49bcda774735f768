import { runProgram } from '../support/program';
import { CliProcess } from '../support/viewers/cli-process';
import { Workspace } from '../support/workspace';

/** Behind UTC, ahead of it, and with a clock that was set forward at 02:00 on 8 March 2026 and back on 1 November. */
const ZONES = ['Pacific/Pago_Pago', 'Pacific/Kiritimati', 'America/New_York'] as const;

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterEach(() => CliProcess.killAll());
afterAll(() => workspace.close());

/** Logs in a process with a time zone of its own; with times, each message at its time by the clock of that process. */
async function log(
  name: string,
  TZ: string,
  messages: readonly string[],
  times: readonly string[] = [],
): Promise<void> {
  const program = `
    const transport = openTransport({ name: '${name}' });
    const logger = winston.createLogger({ transports: [transport] });
    const [messages, times] = ${JSON.stringify([messages, times])};
    const { now } = Date;
    messages.forEach((message, i) => {
      if (times[i]) Date.now = () => Date.parse(times[i]);
      logger.log(i % 2 ? 'error' : 'info', message);
    });
    Date.now = now;
    transport.close();`;
  const ended = await runProgram(program, { URL: workspace.url, PREFIX: workspace.prefix, TZ });
  expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
}

async function tail(TZ: string, ...args: string[]): Promise<string[]> {
  const options = ['tail', ...args, '-u', workspace.url, '--prefix', workspace.prefix];
  const { code, stdout, stderr } = await CliProcess.start(options, { TZ }).ended();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}

describe('tail in another time zone than the writer', () => {
  it('--since 10m shows the lines of the last ten minutes', async () => {
    await Promise.all(ZONES.map((zone, i) => log('recent', zone, [`hello ${i}`])));
    for (const zone of ZONES) {
      expect((await tail(zone, 'recent', '-o', 'raw', '--since', '10m')).sort()).toEqual([
        'hello 0',
        'hello 1',
        'hello 2',
      ]);
    }
  });

  it('has the lines of several severities in their order within a second and across a clock set back', async () => {
    const times = [
      '2026-11-01T05:59:59.100Z',
      '2026-11-01T05:59:59.101Z',
      '2026-11-01T05:59:59.102Z',
      '2026-11-01T05:59:59.103Z',
      '2026-11-01T06:00:00.000Z',
      '2026-11-01T06:30:00.000Z',
    ];
    const messages = times.map((_, i) => `line ${i}`);
    await log('order', 'America/New_York', messages, times);
    expect(await tail('America/New_York', 'order', '-t', '-o', 'raw')).toEqual(
      times.map((time, i) => `${time} line ${i}`),
    );
  });
});

describe('--since in a zone whose clock is set forward and back', () => {
  const since = async (text: string): Promise<string> => {
    const options = ['tail', 'since', '-s', text, '-u', workspace.url, '--prefix', workspace.prefix];
    const { code, stdout, stderr } = await CliProcess.start(options, { TZ: 'America/New_York' }).ended();
    return code === 2 ? stderr : stdout;
  };

  it('refuses a time that is skipped, and takes the first of two that are the same', async () => {
    const times = ['2026-11-01T05:29:59Z', '2026-11-01T05:30:00Z', '2026-11-02T05:00:00Z'];
    await log('since', 'UTC', ['before', 'at', 'later'], times);
    expect(await since('2026-03-08T02:30')).toContain('--since takes a duration');
    expect((await since('2026-11-01 01:30')).match(/before|at|later/g)).toEqual(['at', 'later']);
    expect((await since('2026-11-02')).match(/before|at|later/g)).toEqual(['later']);
  });
});
