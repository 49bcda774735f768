import { describeWithServer } from '../support/redis/servers';
import { Workspace } from '../support/workspace';

describeWithServer('many logger names', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  it('keeps log calls to more than ten thousand logger names of one turn of the event loop', async () => {
    const names = Array.from({ length: 10_005 }, (_, i) => `logger ${i}`).values();
    const { logger, transport } = workspace.logger({ name: () => names.next().value, closeTimeoutMs: 60_000 });
    for (let i = 0; i < 10_005; i++) logger.info('hello');
    await transport.flush();
    expect(transport.stats()).toMatchObject({ logged: 10_005, dropped: 0, written: 10_005 });
    expect((await workspace.reader.common('logger 10004', 'info')).total).toBe(1);
  });

  it('knows a logger name again that it has forgotten, and adds no writer for it', async () => {
    const count = 10_100;
    const names = Array.from({ length: 2 * count }, (_, i) => `again ${i % count}`).values();
    const { logger, transport } = workspace.logger({ name: () => names.next().value, closeTimeoutMs: 60_000 });
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < count; i++) logger.info('hello');
      await transport.flush();
    }
    expect(transport.stats()).toMatchObject({ written: 2 * count, lost: 0, dropped: 0 });
    for (let i = 0; i < 100; i++) {
      expect(await workspace.redis.hLen(workspace.key(`common:again ${i}:info:writers`))).toBe(1);
    }
  });
});
