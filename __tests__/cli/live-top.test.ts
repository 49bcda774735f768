import { CliProcess, describeWithTerminal } from '../support/viewers/cli-process';
import { screenLines } from '../support/viewers/virtual-terminal';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const AFTER = 'echo "code $?"; stty -a | grep -c " echo "';
const MESSAGES = 60;

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
  const now = Object.fromEntries(Array.from({ length: MESSAGES }, (_, i) => [`message ${i}.`, MESSAGES - i]));
  await writeHours(workspace, { name: 'shop', severity: 'info', now });
  await writeHours(workspace, { name: 'shop', severity: 'critical', now: { 'the till is on fire': 1 } });
});
afterAll(async () => {
  await CliProcess.killAll();
  await workspace.close();
});

/** An interactive `top` in a terminal of some size. */
class TopInTerminal {
  readonly cli: CliProcess;
  columns: number;
  rows: number;

  constructor(columns = 80, rows = 24, program?: readonly string[]) {
    this.columns = columns;
    this.rows = rows;
    this.cli = CliProcess.startInTerminal(
      ['top', '--group-by=message', '--url', workspace.url, '--prefix', workspace.prefix],
      {
        ...(program && { program }),
        prepare: `trap : INT TERM HUP; stty cols ${columns} rows ${rows}; echo "shell $$."; tty`,
        after: AFTER,
      },
    );
  }

  static async open(...args: ConstructorParameters<typeof TopInTerminal>): Promise<TopInTerminal> {
    const top = new TopInTerminal(...args);
    await top.shows((lines) => lines.some((line) => line.includes('STATUS')));
    return top;
  }

  /** The process group of the program. */
  get group(): number {
    return -Number(/shell (\d+)\./.exec(this.cli.stdout)?.[1]);
  }

  screen(): Promise<string[]> {
    return screenLines(this.cli.stdout, this.columns, this.rows);
  }

  async shows(condition: (lines: readonly string[]) => boolean): Promise<void> {
    await until(async () => condition(await this.screen())).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${(await this.screen()).join('\n')}`);
    });
  }

  async type(keys: string, condition: (lines: readonly string[]) => boolean): Promise<void> {
    this.cli.type(keys);
    await this.shows(condition);
  }

  async runStty(...args: string[]): Promise<string> {
    const [terminal = ''] = /\/dev\/\S+/.exec(this.cli.stdout) ?? [];
    return (await CliProcess.startShell(`stty ${args.join(' ')} <${terminal}`).ended()).stdout;
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.runStty('cols', String(columns), 'rows', String(rows));
    [this.columns, this.rows] = [columns, rows];
  }
}

describeWithTerminal('interactive top', () => {
  it.concurrent.each([
    [80, 24, 17],
    [160, 50, 43],
    [20, 6, 3],
  ])('fills a terminal of %i columns and %i rows, and scrolls by keys', async (columns, rows, shown) => {
    const top = await TopInTerminal.open(columns, rows);
    const isRow = (line: string): boolean => /^(> | {2})NEW /.test(line);
    // A terminal passes a large screen on in pieces.
    const isFull = (lines: readonly string[]): boolean => lines.filter(isRow).length === shown;
    await top.shows((lines) => isFull(lines) && lines.some((line) => /^> .* the til/.test(line)));
    await top.type('\u001b[6~', (now) => now[1]?.includes('· 2-') === true);
    await top.type('\u001b[F', (now) => now.findLast(isRow)?.startsWith('> ') === true && isFull(now));
    await top.type('\u001b[H', (now) => now.find(isRow)?.startsWith('> ') === true && isFull(now));
    top.cli.type('q');
    expect((await top.cli.ended()).stdout).toMatch(/code 0\r\n1\r\n$/);
  });

  it.concurrent.each([
    ['the mouse', '\u001b[<0;1;2M\u001b[<0;2;1m'],
    ['the mouse, in the old form', '\u001b[M !!'],
    ['the mouse, in the form of urxvt', '\u001b[32;2;1M'],
    ['its device', '\u001b[?62;1;2c\u001b[>41;2;1c'],
    ['a mode', '\u001b[?2026;2$y'],
    ['its colours', '\u001b]11;rgb:2222/3333/1111\u0007\u001b]10;rgb:2222/3333/1111\u001b\\'],
    ['its version', '\u001bP>|q2 1/3\u001b\\'],
    ['its cursor', '\u001b[24;132R\u001b[120;2R'],
    ['its size', '\u001b[8;52;21t\u001b[4;612;1321t'],
    ['its state', '\u001b[0n'],
  ])('takes no report of a terminal for keys: of %s', async (_title, report) => {
    const top = await TopInTerminal.open();
    const title = async (): Promise<string> => (await top.screen())[0]?.replace(/\d\d:\d\d:\d\d/, '') ?? '';
    await top.type('s', ([line]) => line?.includes('by count') === true);
    const before = await title();
    await top.type(`${report}s`, ([line]) => line?.includes('by last seen') === true);
    expect(await title()).toBe(before.replace('by count', 'by last seen'));
    top.cli.type('q');
    expect((await top.cli.ended()).stdout).toMatch(/code 0\r\n1\r\n$/);
  });

  it.concurrent('draws what many keys that come at once have made of the screen, not what each has', async () => {
    const top = await TopInTerminal.open(80, 18);
    await top.shows((lines) => lines.some((line) => line.startsWith('> ')));
    const from = top.cli.stdout.length;
    await top.type(`${'j'.repeat(400)}${'k'.repeat(MESSAGES - 2)}`, (lines) =>
      lines.some((line) => line.startsWith('> NEW          59')),
    );
    expect(top.cli.stdout.slice(from).split('\u001b[H').length).toBeLessThan(50);
    await top.type('?\u001b[F\u001b[A', (lines) => lines.at(-1)?.includes('PageDown: 1 more line') === true);
    top.cli.type('qq');
    expect((await top.cli.ended()).stdout).toMatch(/code 0\r\n1\r\n$/);
  });

  it.concurrent('takes what is pasted for no command, and into a filter as it is, on one line', async () => {
    const top = await TopInTerminal.open();
    expect(top.cli.stdout).toContain('\u001b[?2004h');
    top.cli.type('\u001b[200~q\rs?\u001b[201~');
    await top.type('/', ([title]) => title === '/_');
    await top.type('\u001b[200~till \r\nfire\t\u001b[201~', ([title]) => title === '/till   fire _');
    await top.shows((lines) => lines[1]?.includes('1-1 of 1') === true);
    await top.type('\u001b', ([title]) => title?.includes('by urgency') === true);
    top.cli.type('q');
    const { stdout } = await top.cli.ended();
    expect(stdout).toMatch(/code 0\r\n1\r\n$/);
    expect(stdout.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?2004h'));
  });

  it.concurrent('echoes no key: unknown ones do nothing, and a filter is drawn by the program', async () => {
    const top = await TopInTerminal.open();
    expect(await top.runStty('-a')).toMatch(/-icanon[^]* -echo /);
    top.cli.type('xyz\u001b[99~äö');
    await top.type('/till fire', ([title]) => title === '/till fire_');
    await top.shows((lines) => lines[1]?.includes('1-1 of 1') === true);
    expect((await top.screen()).join('\n')).not.toMatch(/xyz|äö/);
    await top.type('\r', ([title = '']) => title.endsWith('· /till fire'));
    await top.type('\u001b', (lines) => lines[1]?.includes(`of ${MESSAGES + 1}`) === true);
    top.cli.type('\u0003');
    expect((await top.cli.ended()).stdout).toMatch(/code 0\r\n1\r\n$/);
  });

  it.concurrent('is drawn anew at each size that its terminal gets', async () => {
    const top = await TopInTerminal.open(100, 30);
    for (const [columns, rows] of [
      [40, 10],
      [120, 40],
    ] as const) {
      await top.resize(columns, rows);
      await top.shows((lines) => lines.filter((line) => /NEW /.test(line)).length === rows - (rows < 12 ? 3 : 7));
    }
    top.cli.type('q');
    await top.cli.ended();
  });

  it.concurrent('gives the terminal back while Ctrl-Z has stopped it, and takes it again', async () => {
    const top = await TopInTerminal.open();
    const from = top.cli.stdout.length;
    top.cli.type('\u001a');
    await until(() => top.cli.stdout.slice(from).includes(LEAVE));
    const left = top.cli.stdout.length;
    await until(() => {
      process.kill(top.group, 'SIGCONT');
      return top.cli.stdout.slice(left).includes(ENTER);
    });
    await top.shows((lines) => lines.some((line) => line.includes('on fire')));
    expect(await top.runStty('-a')).toMatch(/ -echo /);
    await top.type('?', (lines) => lines.some((line) => line.includes('quit')));
    top.cli.type('\u0003');
    expect((await top.cli.ended()).stdout).toMatch(/code 0\r\n1\r\n$/);
  });

  it.concurrent('gives the terminal back at SIGTERM and SIGHUP', async () => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      const top = await TopInTerminal.open();
      process.kill(top.group, signal);
      const { stdout } = await top.cli.ended();
      expect(stdout.slice(stdout.lastIndexOf(LEAVE) + LEAVE.length)).toBe('code 0\r\n1\r\n');
    }
  });

  it.concurrent('gives the terminal back if it crashes, and the error can be read', async () => {
    const top = await TopInTerminal.open(80, 24, ['__tests__/support/viewers/crashing-cli.js']);
    top.cli.type('!');
    const { stdout } = await top.cli.ended();
    const after = stdout.slice(stdout.lastIndexOf(LEAVE));
    expect(after).toContain('crashed on purpose');
    expect(after).toMatch(/code [1-9]\d*\r\n1\r\n$/);
  });

  it.concurrent('ends if its terminal hangs up', async () => {
    const top = await TopInTerminal.open();
    const { group } = top;
    top.cli.child.kill('SIGKILL');
    await until(() => {
      try {
        process.kill(group, 0);
        return false;
      } catch {
        return true;
      }
    });
  });
});
