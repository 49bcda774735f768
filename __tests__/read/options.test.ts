import { createParameterizer, forget, OptionsError, RecentCommonReader } from '../../src';

/** Asked for nothing: a bad option is refused before Redis is. */
const reader = new RecentCommonReader({ url: 'redis://localhost:1' });
afterAll(() => reader.close());

/** The methods as JavaScript calls them, by name. */
const CALLS: Readonly<Record<string, (options: never) => unknown>> = {
  recent: (options) => reader.recent('app', 'info', options),
  common: (options) => reader.common('app', 'info', options),
  changes: (options) => reader.changes('app', 'info', options),
  compare: (options) => reader.compare('app', ['info'], options),
  glance: (options) => reader.glance('app', ['info'], options),
  follow: (options) => reader.follow('app', 'info', options),
  createParameterizer: (options) => createParameterizer(options),
  forget: (options) => forget({ eval: () => 0, evalSha: () => 0 } as never, 'app', 'info', options),
};

/** The error of a call, whether it is thrown or rejects. */
async function callWith(method: string, options: unknown): Promise<unknown> {
  try {
    return await (CALLS[method] as (options: unknown) => unknown)(options);
  } catch (error) {
    return error;
  }
}

describe('options of reading', () => {
  it.each([
    ['recent', 'limt', 'limit'],
    ['recent', 'count', 'limit'],
    ['recent', 'filter', 'contains'],
    ['recent', 'from', 'since'],
    ['common', 'windows', 'window'],
    ['common', 'minutes', 'window: { minutes }'],
    ['common', 'group', 'groupBy'],
    ['changes', 'minutes', 'window: { minutes }'],
    ['changes', 'hasBaseLine', 'hasBaseline'],
    ['compare', 'limits', 'limit'],
    ['glance', 'hour', 'window'],
    ['follow', 'interval', 'intervalMs'],
    ['follow', 'seq', 'after'],
    ['createParameterizer', 'rule', 'rules'],
    ['forget', 'prefix', 'keyPrefix'],
  ])('are refused by %s if there is none of that name, with the right one offered: %s', async (method, name, right) => {
    const error = await callWith(method, { [name]: 'secret' });
    expect(error).toBeInstanceOf(OptionsError);
    expect((error as OptionsError).message).toContain(`${name}: expected ${right} (there is no option ${name})`);
    expect((error as OptionsError).message).not.toContain('secret');
  });

  it.each(Object.keys(CALLS))('are all named by %s if none is near', async (method) => {
    expect(await callWith(method, { zzzzzzzz: 1 })).toMatchObject({
      name: 'OptionsError',
      reason: expect.stringMatching(/^zzzzzzzz: expected one of the options \w+/),
    });
  });

  it.each(Object.keys(CALLS))('are refused by %s if they are no object', async (method) => {
    for (const options of [5, 'info', null, []]) {
      expect(await callWith(method, options)).toMatchObject({ name: 'OptionsError', option: 'options' });
    }
  });

  it('are refused in a window, too', async () => {
    expect(await callWith('common', { window: { minutes: 5, hours: 1 } })).toMatchObject({ option: 'hours' });
  });
});
