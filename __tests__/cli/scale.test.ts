import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describeWithServer } from '../support/redis/servers';
import { repeatedAtTheTurn } from '../support/turn';
import { writeHours } from '../support/viewers/cli';
import { Workspace } from '../support/workspace';

const LOGGERS = 10;
/** As many as a window counts by default. */
const MESSAGES = 10_000;
const ROUNDS = 7;
/** As it is published. */
const PROGRAM = resolve(__dirname, '../../dist/cli/bin.js');

describeWithServer(`${LOGGERS} loggers with ${MESSAGES} different messages each`, () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  /** As a log has them: few are frequent. */
  async function fill(): Promise<void> {
    for (let logger = 0; logger < LOGGERS; logger++) {
      const counts = Array.from({ length: MESSAGES }, (_, i) => [
        `customer ${i} is not in the index of shop ${logger}`,
        Math.ceil(MESSAGES / (i + 1)),
      ]);
      await writeHours(workspace, { name: `app${logger}`, severity: 'info', now: Object.fromEntries(counts) });
    }
  }

  /** The time from start to exit at the median, in milliseconds, and the last output. */
  function timeOf(command: string, args: readonly string[]): { ms: number; stdout: string } {
    let stdout = '';
    const times = Array.from({ length: ROUNDS }, () => {
      const began = performance.now();
      stdout = execFileSync(command, args, { encoding: 'utf8' });
      return performance.now() - began;
    });
    return { ms: Math.round(times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number), stdout };
  }

  it(
    'are what top shows like any other; how long it takes from start to exit is printed',
    () =>
      repeatedAtTheTurn(async () => {
        await fill();
        const at = ['-u', workspace.url, '--prefix', workspace.prefix];
        const all = timeOf(process.execPath, [PROGRAM, 'top', ...at]);
        const one = timeOf(process.execPath, [PROGRAM, 'top', 'app3', ...at]);
        const empty = timeOf(process.execPath, [PROGRAM, 'top', ...at, '--prefix', `${workspace.prefix}none:`]);
        const node = timeOf(process.execPath, ['-e', '0']);
        const redisCli = timeOf('redis-cli', ['-p', new URL(workspace.url).port, 'PING']);
        expect(one.stdout).toMatch(/^app3 · info · \d+ lines, /m);
        expect(one.stdout).toContain('customer 0 is not in the index of shop 3');
        expect(all.stdout).toMatch(/^app\d · info · \d+ lines, /m);
        expect(all.stdout).toContain('too many messages, name a logger to see it: app');
        console.log(
          `top: ${all.ms} ms; top app3: ${one.ms} ms; top of nothing: ${empty.ms} ms; ` +
            `node that does nothing: ${node.ms} ms; redis-cli PING: ${redisCli.ms} ms`,
        );
      }),
    120_000,
  );
});
