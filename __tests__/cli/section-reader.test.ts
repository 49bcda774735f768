import { RecentCommonReader } from '../../src';
import { SectionReader, type TopSelection } from '../../src/cli/commands/top-sections';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

/** Half past twelve. */
const BEGINNING = Date.UTC(2026, 10, 24, 12, 30) / 1000;
/** Longer than a cursor reaches back. */
const LATER = 5;

const ALL: TopSelection = {
  name: undefined,
  severities: undefined,
  sort: 'surge',
  window: 'current',
  groupBy: 'pattern',
  isJson: false,
};

describeWithClock('sections of top', () => {
  let workspace: Workspace;
  let reader: RecentCommonReader;
  let sections: SectionReader;

  afterAll(() => workspace.close());
  const timed = redisWithClock();
  beforeAll(async () => {
    workspace = await Workspace.open(timed.server.url);
  });
  beforeEach(async () => {
    await timed.server.command(['FLUSHALL']);
    timed.clock.show(BEGINNING);
    reader = new RecentCommonReader({ url: timed.server.url, keyPrefix: workspace.prefix });
    sections = new SectionReader(reader);
  });
  afterEach(() => reader.close());

  const messages = async (selection: Partial<TopSelection> = {}): Promise<Record<string, string[]>> => {
    const { read } = await sections.read({ ...ALL, ...selection });
    return Object.fromEntries(
      read.map(({ logger, changes }) => [logger.name, changes.map(({ message, count }) => `${count} ${message}`)]),
    );
  };

  it('are read again as the hour turns, though nobody wrote', async () => {
    await writeHours(workspace, { name: 'shop', severity: 'error', now: { lost: 3 }, before: { usual: 3 } });
    timed.clock.advance(LATER);
    expect(await messages()).toEqual({ shop: ['3 lost', '0 usual'] });
    timed.clock.advance(30 * 60);
    expect(await messages()).toEqual({ shop: ['0 lost'] });
  });

  it('are read again of loggers that were written to, and kept of the others for a while', async () => {
    for (const name of ['shop', 'mail']) {
      await writeHours(workspace, { name, severity: 'error', now: { 'order 7 lost': 3 }, before: { usual: 3 } });
    }
    timed.clock.advance(LATER);
    await messages();
    const compare = jest.spyOn(reader, 'compare');
    const compared = (): string[] => compare.mock.calls.splice(0).map(([name]) => name);
    expect(await messages()).toMatchObject({ shop: expect.arrayContaining(['3 order <number> lost']) });
    expect(compared()).toEqual([]);
    await writeHours(workspace, { name: 'mail', severity: 'error', now: { 'order 7 lost': 9 } });
    expect(await messages()).toMatchObject({ mail: expect.arrayContaining(['9 order <number> lost']) });
    expect(compared()).toEqual(['mail']);
    timed.clock.advance(LATER);
    await messages();
    compared();
    expect(await messages({ groupBy: 'message' })).toMatchObject({ shop: expect.arrayContaining(['3 order 7 lost']) });
    expect(compared().sort()).toEqual(['mail', 'shop']);
  });

  it('have what is most telling of loggers that have too many messages to read all', async () => {
    const many = (count: number): Record<string, number> =>
      Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`order ${i} lost`, count]));
    for (const [name, count] of Object.entries({ a: 40, b: 30, c: 4, d: 4 })) {
      await writeHours(workspace, { name, severity: 'info', now: many(count), before: many(2 * count) });
    }
    await writeHours(workspace, { name: 'c', severity: 'info', now: { 'disk is full': 30 } });
    const { read, unread } = await sections.read(ALL);
    const found = read
      .filter(({ isPartial }) => isPartial)
      .map(({ logger, changes }) => [logger.name, changes[0]?.message]);
    expect(unread.map(({ name }) => name)).toEqual(['b', 'c', 'd']);
    expect(found).toEqual([['c', 'disk is full']]);
    expect((await messages({ name: 'c' }))['c']).toContain('30 disk is full');
  });
});
