import { join } from 'node:path';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { describeWithBrowser, openTab } from '../support/viewers/browser';

/** The module of the page, whose functions it puts into a variable `patch`. */
const PATCH = buildSync({
  entryPoints: [join(__dirname, '../../src/dashboard/client/patch.ts')],
  bundle: true,
  format: 'iife',
  globalName: 'patch',
  write: false,
}).outputFiles[0]?.text as string;

/** Changes a list into another, and creates the other, too. */
const changeList = (before: unknown, after: unknown): string => `(() => {
  const [before, after] = ${JSON.stringify([before, after])};
  const [changed, made] = [patch.createElement(['ul', {}, ...before]), patch.createElement(['ul', {}, ...after])];
  const keyed = (list) => [...list.children].filter((child) => child.dataset.key);
  const rows = new Map(keyed(changed).map((row) => [row.dataset.key, row]));
  patch.changeElement(changed, ['ul', {}, ...after]);
  for (const row of changed.querySelectorAll('.fresh')) row.removeAttribute('class');
  const isKept = keyed(changed).every((row) => (rows.get(row.dataset.key) ?? row) === row);
  return { changed: changed.innerHTML, made: made.innerHTML, isKept };
})()`;

describeWithBrowser('changeElement', () => {
  const browser = openTab();

  beforeAll(async () => {
    await browser.tab.page.addScriptTag({ content: PATCH });
  });

  it.each([
    ['a text', 'text'],
    ['a row without a key', ['li', {}, 'text']],
  ])('makes no row that has a key into %s', async (_what, item) => {
    const row = ['li', { 'data-key': 'a' }, 'a'];
    const { changed, made } = await browser.tab.page.evaluate<Record<string, unknown>>(changeList([row], [item, row]));
    expect(changed).toBe(made);
  });

  it('makes any list into any other, and each row with a key stays the element that it is', async () => {
    const text = fc.constantFrom('', 'one', 'two');
    const item = fc.oneof(
      text,
      fc.tuple(fc.constantFrom('li', 'b'), fc.record({ title: text }, { requiredKeys: [] }), text),
      fc.tuple(fc.constant('li'), fc.record({ 'data-key': fc.constantFrom('a', 'b', 'c', 'd') }), text),
    );
    const list = fc.uniqueArray(item, {
      maxLength: 7,
      selector: (each) => (typeof each !== 'string' && 'data-key' in each[1] ? each[1]['data-key'] : Symbol()),
    });
    await fc.assert(
      fc.asyncProperty(list, list, async (before, after) => {
        const result = await browser.tab.page.evaluate<Record<string, unknown>>(changeList(before, after));
        expect(result).toEqual({ changed: result['made'], made: result['made'], isKept: true });
      }),
    );
  });
});
