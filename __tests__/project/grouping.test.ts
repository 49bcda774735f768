import { parameterize } from '../../src';
import { readText } from '../support/source-tree';

/** The rows of the table: messages, and the key of all of them. */
const rows = [...readText('docs/grouping.md').matchAll(/^\| (`.+`) \| `(.+)` \|$/gm)].flatMap(
  ([, messages = '', key = '']) =>
    [...messages.matchAll(/`([^`]+)`/g)].map(([, message = '']) => [message, key] as const),
);

describe('docs/grouping.md', () => {
  it('has a table of more than thirty messages', () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows)('says what becomes of %j', (message, key) => {
    expect(parameterize(message)).toBe(key);
  });
});
