import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { SEVERITY, toSeverity } from '../../src';
import { DEFAULTS, RANGES } from '../../src/options';

const readme = readFileSync(resolve(__dirname, '../../README.md'), 'utf8');

/** The cells of the table under a heading of the README, by rows. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = readme.split(`\n${heading}\n`);
  const [table = ''] = section.split(/\n#+ /);
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

describe('README', () => {
  const options = new Map(rowsUnder('## Options').map(([option, value, meaning]) => [option, { value, meaning }]));

  it('lists every option that has a default, with that default', () => {
    const documented = Object.keys(DEFAULTS).map((option) => [option, options.get(`\`${option}\``)?.value]);
    expect(documented).toEqual(Object.entries(DEFAULTS).map(([option, value]) => [option, `\`${inspect(value)}\``]));
  });

  it('lists the options without a default', () => {
    const others = [...options.keys()].filter((option) => !((option as string).slice(1, -1) in DEFAULTS));
    expect(others).toEqual(['`url`', '`redis`', '`client`', '`commonKey`', '`ttlSeconds`']);
  });

  it.each(Object.entries(RANGES))('gives the range of %s', (option, [least, most]) => {
    const range = `${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
    expect(options.get(`\`${option}\``)?.meaning).toContain(range);
  });

  it('lists every level under its severity', () => {
    const rows = rowsUnder('### Severities');
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
