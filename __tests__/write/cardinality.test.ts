import { describeWithServer } from '../support/redis/servers';
import { Workspace } from '../support/workspace';

describeWithServer('bounded cardinality', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  it.each([2000, 10_000])(
    'keeps a hundred thousand messages within a commonLimit of %i, with an exact total',
    async (commonLimit) => {
      const name = `app${commonLimit}`;
      const { logger, transport } = workspace.logger({ name, commonLimit });
      for (let i = 1; i <= 100_000; i++) {
        logger.info(`message ${i}`);
        if (i % 5000 !== 0) continue;
        await transport.flush();
        expect(await workspace.redis.zCard(workspace.key(`common:${name}:info`))).toBeLessThanOrEqual(commonLimit);
      }
      const { total, messages } = await workspace.reader.common(name, 'info');
      expect(total).toBe(100_000);
      expect(messages[0]?.message).toBe('<other>');
      expect(transport.stats()).toMatchObject({ written: 100_000, other: 0 });
    },
  );

  it('keeps a burst of a hundred thousand messages within maxPending, with an exact total', async () => {
    const { logger, transport } = workspace.logger({ name: 'burst', maxPending: 1000 });
    for (let i = 0; i < 100_000; i++) logger.info(`message ${i}`);
    await transport.flush();
    expect(transport.stats()).toMatchObject({ written: 100_000, other: 99_000 });
    const { total, messages } = await workspace.reader.common('burst', 'info');
    expect(total).toBe(100_000);
    expect(messages).toHaveLength(1001);
    expect(messages[0]).toEqual({ message: '<other>', count: 99_000 });
    const [newest] = await workspace.reader.recent('burst', 'info', { limit: 1 });
    expect(newest).toMatchObject({ seq: 100_000, message: 'message 99999' });
  });

  it('drops and counts log calls to more than ten thousand waiting logger names', async () => {
    const names = Array.from({ length: 10_005 }, (_, i) => `logger ${i}`);
    const fill = names.values();
    const { logger, transport } = workspace.logger({ name: () => fill.next().value ?? 'late', closeTimeoutMs: 60_000 });
    for (const _ of names) logger.info('hello');
    expect(transport.stats()).toMatchObject({ logged: 10_005, dropped: 5, pending: 10_000 });
    await transport.flush();
    logger.info('hello');
    await transport.flush();
    expect(transport.stats()).toMatchObject({ logged: 10_006, dropped: 5, written: 10_001 });
    expect((await workspace.reader.common('late', 'info')).total).toBe(1);
  });
});
