import { until } from '../support/wait';
import { logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let loggers = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

const { watch, oldLogger } = watchersForTests(() => workspace);

const JUNK = ['', '-1', 'inf', '1e400', '\u0000', '{"__proto__":1}', '\ufffd', '9'.repeat(400), '1 2 3 x y 4 5', ' '];

/** What may be put under each key of a logger, as commands. */
const GARBAGE: Record<string, (common: string) => string[][]> = {
  'scores without end': (common) => [
    ['ZADD', common, 'inf', 'boom', '-inf', 'x', '1.5', 'y'],
    ['ZADD', `${common}:seen`, 'inf', 'boom', '-inf', 'x', '1e300', 'y', '-5', 'z'],
    ['ZADD', `${common}:minutes`, 'inf', '1', '-inf', 'since', '7', 'junk', '1e300', '99999999999999'],
  ],
  'texts that nobody wrote': (common) => [
    ['SET', `${common}:start`, 'junk'],
    ['HSET', `${common}:pulse`, ...JUNK.flatMap((text, i) => [`m${i}`, text]), 'boom', '1 2'],
    ['HSET', `${common}:samples`, ...JUNK.flatMap((text, i) => [`m${i}`, text]), 'boom', '0 junk'],
    ['ZADD', common, ...JUNK.flatMap((text, i) => [String(i), `m${i}${text}`])],
    ['ZADD', `${common}:minutes`, ...JUNK.flatMap((text, i) => [String(i), text])],
  ],
  'values of another type': (common) => [
    ['DEL', `${common}:seen`, `${common}:minutes`, `${common}:pulse`],
    ['SET', `${common}:seen`, 'x'],
    ['RPUSH', `${common}:minutes`, 'x'],
    ['SET', `${common}:pulse`, 'x'],
  ],
};

describe('logger whose keys hold', () => {
  it.each(Object.keys(GARBAGE))('%s holds up no alarm of another, nor the memory of the group', async (title) => {
    const name = `garbage${++loggers}`;
    const [transport, other] = [await oldLogger(name), await oldLogger(`${name}-other`)];
    await logErrors(transport, 'boom');
    for (const command of GARBAGE[title]?.(workspace.key(`common:${name}:error`)) ?? []) {
      await workspace.redis.sendCommand(command);
    }
    const now = Math.floor(Date.now() / 1000);
    await workspace.redis.zAdd(workspace.key('known'), { score: now, value: `news:error:${name}` });
    const names = [name, `${name}-other`];
    const { alarms, watcher } = watch({ names, on: ['new', 'returned', 'surging', 'silent'] });
    await until(() => watcher.stats().looks);
    await logErrors(other, 'first of another');
    const told = () => alarms.flatMap((alarm) => ('message' in alarm && alarm.name !== name ? [alarm.message] : []));
    await until(() => told().length === 1);
    await logErrors(other, 'second of another');
    await until(() => told().length === 2);
    const keys = await workspace.redis.keys(workspace.key('alarms:*:watch'));
    await until(async () => (await Promise.all(keys.map((key) => workspace.redis.hGet(key, 'cursor')))).some(Boolean));
  });

  it('more messages than a week is remembered of has nothing told, and one warning with the remedy', async () => {
    const name = `garbage${++loggers}`;
    const transport = await oldLogger(name);
    const now = Math.floor(Date.now() / 1000);
    const score = Math.floor(now / 3600) * 2 ** 33 + 2 * (now - 100_000);
    const seen = Array.from({ length: 9950 }, (_, i) => ({ score, value: `seen ${i}` }));
    await workspace.redis.zAdd(workspace.key(`common:${name}:error:seen`), seen);
    const { alarms, watcher, warnings } = watch({ names: [name] });
    for (const message of ['first', 'second']) {
      const { looks } = watcher.stats();
      await logErrors(transport, message);
      await until(() => watcher.stats().looks > looks);
    }
    expect(alarms).toEqual([]);
    expect(warnings.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^garbage\d+:error has more different messages .*: log with commonKey: 'pattern'$/),
    ]);
  });
});
