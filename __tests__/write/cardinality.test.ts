import { effort } from '../support/effort';
import { runProgram } from '../support/program';
import { describeWithServer, freePort } from '../support/redis/servers';
import { Workspace } from '../support/workspace';

/** More than each of the limits below. */
const MESSAGES = effort({ quick: 12_000, full: 100_000 });

describeWithServer('bounded cardinality', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  it.each([2000, 10_000])(
    'keeps many more messages within a commonLimit of %i, with an exact total',
    async (commonLimit) => {
      const name = `app${commonLimit}`;
      const { logger, transport } = workspace.logger({ name, commonLimit });
      for (let i = 1; i <= MESSAGES; i++) {
        logger.info(`message ${i}`);
        if (i % 4000 !== 0) continue;
        await transport.flush();
        expect(await workspace.redis.zCard(workspace.key(`common:${name}:info`))).toBeLessThanOrEqual(commonLimit);
      }
      const { total, messages } = await workspace.reader.common(name, 'info');
      expect(total).toBe(MESSAGES);
      expect(messages[0]?.message).toBe('<other>');
      expect(transport.stats()).toMatchObject({ written: MESSAGES, other: 0 });
    },
  );

  it('keeps a burst of messages within maxPending, with an exact total', async () => {
    const { logger, transport } = workspace.logger({ name: 'burst', maxPending: 1000 });
    for (let i = 0; i < MESSAGES; i++) logger.info(`message ${i}`);
    await transport.flush();
    expect(transport.stats()).toMatchObject({ written: MESSAGES, other: MESSAGES - 1000 });
    const { total, messages } = await workspace.reader.common('burst', 'info');
    expect(total).toBe(MESSAGES);
    expect(messages).toHaveLength(1001);
    expect(messages[0]).toEqual({ message: '<other>', count: MESSAGES - 1000 });
    const [newest] = await workspace.reader.recent('burst', 'info', { limit: 1 });
    expect(newest).toMatchObject({ seq: MESSAGES, message: `message ${MESSAGES - 1}` });
  });
});

describe('transport with fifty thousand logger names pending', () => {
  it('drops and counts log calls to more, with one warning', async () => {
    // In a process of its own: one that goes on would try to write them again and again.
    const program = `
      let count = 0;
      const transport = openTransport({ name: () => 'logger ' + count });
      const warnings = [];
      transport.on('warn', ({ message }) => warnings.push(message));
      for (; count < 50_005; count++) transport.log({ level: 'info', message: 'hello' });
      count = 7;
      transport.log({ level: 'info', message: 'hello' });
      console.log(JSON.stringify({ ...transport.stats(), warnings }));
      process.exit();`;
    const { stdout } = await runProgram(program, { URL: `redis://127.0.0.1:${await freePort()}`, PREFIX: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      logged: 50_006,
      dropped: 5,
      pending: 50_001,
      warnings: [expect.stringContaining('log calls to further loggers are dropped')],
    });
  });
});
