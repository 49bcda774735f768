/** Compares the tables of the documentation with the code. */

import { inspect } from 'node:util';
import { SEVERITY, toSeverity } from '../../src';
import { DEFAULTS, RANGES } from '../../src/options';
import { readText } from '../support/source-tree';

/** The cells of the rows that stand under a heading of a page. */
function readRows(page: string, heading: string): string[][] {
  const [, section = ''] = readText(page).split(`\n${heading}\n`);
  const [table = ''] = section.split(/\n#+ /);
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

describe('options in the README', () => {
  const rows = readRows('README.md', '## Options');
  const options = new Map(rows.map(([option, value, meaning]) => [option, { value, meaning }]));

  it('have the defaults of the code', () => {
    const documented = Object.keys(DEFAULTS).map((option) => [option, options.get(`\`${option}\``)?.value]);
    expect(documented).toEqual(Object.entries(DEFAULTS).map(([option, value]) => [option, `\`${inspect(value)}\``]));
  });

  it('include those without a default', () => {
    const others = [...options.keys()].filter((option) => !((option as string).slice(1, -1) in DEFAULTS));
    expect(others).toEqual(['`url`', '`redis`', '`client`', '`ttlSeconds`']);
  });

  it.each(Object.entries(RANGES))('have the range of the code: %s', (option, [least, most]) => {
    const range = `${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
    expect(options.get(`\`${option}\``)?.meaning).toContain(range);
  });
});

describe('severities in docs/keys.md', () => {
  it('have every level under the severity that the code gives it', () => {
    const rows = readRows('docs/keys.md', '## Severities');
    for (const [severity, levels, number] of rows as [string, string, string][]) {
      for (const level of [...levels.split(', '), number]) expect(`\`${toSeverity(level)}\``).toBe(severity);
    }
    const documented = rows.flatMap(([severity, levels, number]) => [
      severity?.slice(1, -1),
      ...(levels as string).split(', '),
      number,
    ]);
    expect(new Set(documented)).toEqual(new Set(Object.keys(SEVERITY)));
  });
});
