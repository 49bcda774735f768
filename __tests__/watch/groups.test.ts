import { runProgram } from '../support/program';
import { makeUser, NOT_PERMITTED, removeUser, userRules } from '../support/redis/acl';
import { itWith } from '../support/requirements';
import { until } from '../support/wait';
import { alarmMessages, logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
});
afterAll(() => workspace.close());

const { watch, oldLogger } = watchersForTests(() => workspace);

describe('watchers of one group', () => {
  it('warn once if they have different options, and not if these are the same in another order', async () => {
    const options = { names: [name, 'other'], group: name };
    const first = watch(options);
    await until(() => first.watcher.stats().isLeading);
    const [same, different] = [watch({ ...options, names: ['other', name] }), watch({ ...options, digestAbove: 1 })];
    await until(() => different.warnings.length);
    const transport = await oldLogger(name);
    await logErrors(transport, 'boom');
    await until(() => first.alarms.length);
    expect(different.warnings.map(({ reason }) => reason)).toEqual([
      `another watcher of the group '${name}' has other options: only those of one of them are used at a time`,
    ]);
    expect([...first.warnings, ...same.warnings]).toEqual([]);
  });

  it('do not tell what another is telling while it closes, however long that takes', async () => {
    const transport = await oldLogger(name);
    let finish = (): void => undefined;
    const telling = new Promise<void>((resolve) => (finish = resolve));
    const begun: string[] = [];
    const first = watch({ names: [name], closeTimeoutMs: 60_000, onAlarm: ({ id }) => begun.push(id) && telling });
    await logErrors(transport, 'slow');
    await until(() => begun.length);
    const second = watch({ names: [name] });
    const closed = first.watcher.close();
    const since = performance.now();
    // Its lease would have lapsed.
    await until(() => performance.now() - since > 4500);
    expect(second.watcher.stats().isLeading).toBe(false);
    finish();
    await closed;
    await until(() => second.watcher.stats().isLeading);
    await logErrors(transport, 'later');
    await until(() => second.alarms.length);
    expect(first.watcher.stats().told).toBe(1);
    expect(alarmMessages(second.alarms)).toEqual(['later']);
  });

  it('tell again with the same ids what their keys no longer say was told, but not in the process that told it', async () => {
    const transport = await oldLogger(name);
    const first = watch({ names: [name] });
    await logErrors(transport, 'before');
    await until(() => first.alarms.length);
    const keys = await workspace.redis.keys(workspace.key('alarms:*'));
    await workspace.redis.unlink(keys);
    await logErrors(transport, 'after');
    await until(() => first.alarms.length === 2);
    await first.watcher.close();
    await workspace.redis.unlink(keys);
    const second = watch({ names: [name] });
    await until(() => second.alarms.length === 2);
    const ids = (alarms: readonly { readonly id: string }[]): string[] => alarms.map(({ id }) => id).sort();
    expect(ids(second.alarms)).toEqual(ids(first.alarms));
    expect(alarmMessages(first.alarms)).toEqual(['before', 'after']);
  });
});

describe('watcher', () => {
  it('runs once if it is started twice, and again if it is started while it closes', async () => {
    const transport = await oldLogger(name);
    const { alarms, watcher, warnings } = watch({ names: [name] });
    watcher.start();
    await logErrors(transport, 'first');
    await until(() => alarms.length);
    const closing = watcher.close();
    watcher.start();
    await closing;
    await logErrors(transport, 'second');
    await until(() => alarms.length === 2);
    expect(alarmMessages(alarms)).toEqual(['first', 'second']);
    expect(warnings).toEqual([]);
  });

  it('keeps a program alive until it has closed or muted, and no longer', async () => {
    const program = `
      const { RecentCommonWatcher } = require('./src');
      const options = { url: process.env.URL, keyPrefix: process.env.PREFIX, onAlarm: () => undefined };
      const watcher = new RecentCommonWatcher(options);
      new RecentCommonWatcher(options).mute('payment *', 1000).then(() => console.log('muted'));
      watcher.start();
      const asking = setInterval(() => {
        if (!watcher.stats().isLeading) return;
        clearInterval(asking);
        watcher.close().then(() => console.log('closed'));
      }, 10);`;
    const { code, stdout, stderr } = await runProgram(program, { URL: workspace.watcherUrl, PREFIX: workspace.prefix });
    expect({ code, stderr, lines: stdout.trim().split('\n').sort() }).toEqual({
      code: 0,
      stderr: '',
      lines: ['closed', 'muted'],
    });
    expect(await workspace.redis.exists(workspace.key('alarms:{default}:lease'))).toBe(0);
  });

  it('takes names as they are, with characters that are patterns elsewhere', async () => {
    const glob = `${name}*[b]?\\`;
    const [transport, other] = [await oldLogger(glob), await oldLogger(`${name}abc`)];
    const { alarms } = watch({ names: [glob] });
    await logErrors(other, 'another');
    await logErrors(transport, 'its own');
    await until(() => alarms.length);
    expect(alarms).toMatchObject([{ name: glob, message: 'its own' }]);
  });

  itWith('users')('without the rights of one warns, without the name of its user, and tells nothing', async () => {
    const transport = await oldLogger(name);
    const { alarms, warnings } = watch({ names: [name], url: workspace.readerUrl });
    await logErrors(transport, 'boom');
    await until(() => warnings.length);
    expect(warnings[0]?.message).toMatch(/cannot watch: /);
    expect(warnings[0]?.message).toMatch(NOT_PERMITTED);
    expect(warnings[0]?.message).not.toContain(new URL(workspace.readerUrl).username);
    expect(alarms).toEqual([]);
  });

  itWith('users')('tells of the loggers that its user may read, and warns once of each other one', async () => {
    const [transport, other] = [await oldLogger(name), await oldLogger(`${name}-other`)];
    const rules = userRules('watcher', workspace.prefix).map((rule) =>
      rule.replace(`~${workspace.prefix}common:*`, `~${workspace.prefix}common:${name}:*`),
    );
    const url = await makeUser(workspace.redis, workspace.url, rules);
    const { alarms, warnings, watcher } = watch({ names: [name, `${name}-other`], url });
    await logErrors(other, 'not readable');
    await logErrors(transport, 'readable');
    await until(() => alarms.length && warnings.length);
    await logErrors(transport, 'more');
    await until(() => alarms.length === 2);
    await watcher.close();
    await removeUser(workspace.redis, url);
    expect(alarmMessages(alarms)).toEqual(['readable', 'more']);
    expect(warnings.map(({ reason }) => reason)).toEqual([
      expect.stringContaining(`cannot look at error:${name}-other: NOPERM`),
    ]);
  });
});
