import { findBroken, inRepository, PAGES } from '../support/links';
import { readText } from '../support/source-tree';

describe('links of the documentation', () => {
  it.each(PAGES)('in %s lead somewhere in the repository', (page) => {
    expect(findBroken(page, readText(page), inRepository)).toEqual([]);
  });

  it.each([
    ['no-such-page.md', '[page](no-such-page.md)'],
    ['../README.md#no-such-heading', '[heading](../README.md#no-such-heading)'],
    ['#no-such-heading', '# Heading\n\n[heading](#no-such-heading)'],
    ['no-such-picture.png', '![picture](no-such-picture.png)'],
    ['../../outside.md', '[outside](../../outside.md)'],
  ])('are found broken: %s', (target, markdown) => {
    expect(findBroken('docs/sample.md', markdown, inRepository)).toEqual([target]);
  });

  it('are not found broken if they lead to existing headings and files or to other sites, or stand in code', () => {
    const markdown = [
      '# A `name`: what, and how?',
      '# Twice',
      '# Twice',
      '[first](#a-name-what-and-how) [second](#twice-1) [options](../README.md#options) [picture](dashboard.png)',
      '[site](https://example.com/none) `[code](none.md)`',
      '```\n[block](none.md)\n```',
    ].join('\n');
    expect(findBroken('docs/sample.md', markdown, (path) => path === 'docs/sample.md' || inRepository(path))).toEqual(
      [],
    );
  });
});
