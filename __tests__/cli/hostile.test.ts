import { type RecentLine } from '../../src';
import { visible } from '../../src/cli/terminal/text';
import { runCli, uncolored } from '../support/viewers/cli';
import { HIDING, HOSTILE_NAMES, HOSTILE_TEXTS } from '../support/viewers/hostile';
import { Workspace } from '../support/workspace';
import { writeHours, writeLines } from '../support/writers/key-writer';

/** As Redis returns them: with lone surrogates replaced. */
const TEXTS = HOSTILE_TEXTS.map(({ text }) => text.toWellFormed());
const NAMES = HOSTILE_NAMES.map(({ text }) => text);

let workspace: Workspace;
const textsKey = (key: string): string => workspace.key(`texts:${key}`);
const namesKey = (key: string): string => workspace.key(`names:${key}`);

beforeAll(async () => {
  workspace = await Workspace.open();
  const { redis } = workspace;
  const shop = { name: 'shop', severity: 'info' };
  await writeLines(
    { redis, key: textsKey },
    shop,
    TEXTS.map((text) => `2026-11-24T12:00:00.000Z ${text}`),
  );
  const now = Object.fromEntries(TEXTS.map((text, i) => [text, 1000 - i]));
  await writeHours({ redis, key: textsKey }, { ...shop, now: Object.assign(Object.create(null), now) });
  for (const name of NAMES) {
    await writeHours({ redis, key: namesKey }, { name, severity: 'info', now: { [`of ${name}`]: 1 } });
    await writeLines({ redis, key: namesKey }, { name, severity: 'info' }, [`2026-11-24T12:00:00.000Z of ${name}`]);
  }
});
afterAll(() => workspace.close());

async function readRows(key: (name: string) => string, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['--url', workspace.url, '--prefix', key(''), ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}

const readJson = async (...args: Parameters<typeof readRows>): Promise<Record<string, unknown>[]> =>
  (await readRows(...args)).map((line) => JSON.parse(line));

describe('hostile message', () => {
  it('takes one line of tail, with everything that a terminal obeys escaped', async () => {
    const lines = await readRows(textsKey, 'tail');
    expect(lines.join('\n')).not.toMatch(HIDING);
    expect(lines.map((line) => line.slice('Nov 24 12:00:00  info      '.length))).toEqual(
      TEXTS.map((text) => visible(text)),
    );
  });

  it('takes one row of top, with everything that a terminal obeys escaped', async () => {
    const [, , , titles = '', ...rows] = await readRows(textsKey, 'top', '--group-by=message', '-n', '1000');
    expect(rows.join('\n')).not.toMatch(HIDING);
    expect(rows.map((row) => row.slice(titles.indexOf('MESSAGE')))).toEqual(TEXTS.map((text) => visible(text)));
  });

  it.each(['tail', 'top'])('adds no escape sequence to the colours of %s', async (command) => {
    const lines = await readRows(textsKey, command, '--color=always');
    expect(uncolored(lines.join('\n'))).not.toMatch(HIDING);
  });

  it('is unchanged in JSON and in raw lines', async () => {
    for (const command of ['tail', 'top']) {
      const limit = command === 'top' ? ['--group-by=message', '-n', '1000'] : [];
      const lines = await readRows(textsKey, command, '--json', ...limit);
      expect(lines.join('\n')).not.toMatch(HIDING);
      expect(lines.map((line) => JSON.parse(line).message)).toEqual(TEXTS);
    }
    const { stdout } = await runCli(['tail', '-o', 'raw', '-u', workspace.url, '--prefix', textsKey('')]);
    expect(stdout).toBe(`${TEXTS.join('\n')}\n`);
  });
});

describe('hostile logger name', () => {
  it('takes one row of ls, with everything that a terminal obeys escaped', async () => {
    const [titles = '', ...rows] = await readRows(namesKey, 'ls');
    expect(rows.join('\n')).not.toMatch(HIDING);
    expect(rows.map((row) => row.slice(titles.indexOf('LOGGER'))).sort()).toEqual(
      NAMES.map((name) => visible(name)).sort(),
    );
  });

  it('takes one line of tail, with everything that a terminal obeys escaped', async () => {
    const lines = await readRows(namesKey, 'tail');
    expect(lines).toHaveLength(NAMES.length);
    expect(lines.join('\n')).not.toMatch(HIDING);
    for (const name of NAMES) expect(lines.some((line) => line.endsWith(`  of ${visible(name)}`))).toBe(true);
  });

  it('has everything that a terminal obeys escaped in the headings of top', async () => {
    const lines = await readRows(namesKey, 'top');
    expect(lines.join('\n')).not.toMatch(HIDING);
    expect(lines.filter((line) => line.includes(' · 1 line, none before · '))).toHaveLength(6);
  });

  it.each(['ls', 'tail', 'top'])('is unchanged in the JSON of %s', async (command) => {
    const rows = await readJson(namesKey, command, '--json');
    expect(rows.map(({ name }) => String(name)).sort()).toEqual([...NAMES].sort());
    if (command === 'tail') {
      for (const { name, message } of rows as unknown as RecentLine[]) expect(message).toBe(`of ${name}`);
    }
  });

  it.each(HOSTILE_NAMES.map(({ title, text }) => [title, text]))('can be asked for: %s', async (_, name) => {
    expect(await readJson(namesKey, 'tail', '--json', '--', name)).toMatchObject([{ name, message: `of ${name}` }]);
  });

  it('has everything that a terminal obeys escaped in an error', async () => {
    const { stderr } = await runCli(['-u', workspace.url, '--prefix', namesKey(''), '--', 'no \u001b[2J\r\u202e name']);
    expect(stderr).toContain("there is no logger 'no \\x1b[2J\\r\\u202e name'");
    expect(stderr).not.toMatch(HIDING);
  });
});
