import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { compiledRoot } from '../support/compiled';
import { describeWithServer } from '../support/redis/servers';
import { repeatedAtTheTurn } from '../support/turn';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

const LOGGERS = 10;
/** The most that a window counts by default. */
const MESSAGES = 10_000;
const ROUNDS = 3;
/** Not bundled, like the published program. */
const PROGRAM = resolve(compiledRoot(), 'src/cli/bin.js');

describeWithServer(`top of ${LOGGERS} loggers with ${MESSAGES} different messages each`, () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  /** Few messages are frequent, as in real logs. */
  async function fill(): Promise<void> {
    for (let logger = 0; logger < LOGGERS; logger++) {
      const counts = Array.from({ length: MESSAGES }, (_, i) => [
        `customer ${i} is not in the index of shop ${logger}`,
        Math.ceil(MESSAGES / (i + 1)),
      ]);
      await writeHours(workspace, { name: `app${logger}`, severity: 'info', now: Object.fromEntries(counts) });
    }
  }

  /** The shortest time from start to exit, in milliseconds, and the last output. */
  function measure(command: string, args: readonly string[]): { ms: number; stdout: string } {
    let stdout = '';
    const times = Array.from({ length: ROUNDS }, () => {
      const began = performance.now();
      stdout = execFileSync(command, args, { encoding: 'utf8' });
      return performance.now() - began;
    });
    return { ms: Math.round(Math.min(...times)), stdout };
  }

  it(
    'shows them like any others, and prints how long it takes from start to exit',
    () =>
      repeatedAtTheTurn(async () => {
        await fill();
        const at = ['-u', workspace.url, '--prefix', workspace.prefix];
        const all = measure(process.execPath, [PROGRAM, 'top', ...at]);
        const one = measure(process.execPath, [PROGRAM, 'top', 'app3', ...at]);
        const empty = measure(process.execPath, [PROGRAM, 'top', ...at, '--prefix', `${workspace.prefix}none:`]);
        const node = measure(process.execPath, ['-e', '0']);
        const redisCli = measure('redis-cli', ['-p', new URL(workspace.url).port, 'PING']);
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
