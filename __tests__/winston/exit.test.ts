import winston from 'winston';
import { endsProcess, offEmptyLoop, onEmptyLoop } from '../../src/winston/exit';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

describe('endsProcess', () => {
  const exception = { exception: true, error: new Error('boom') };
  const neverCalled = (): never => {
    throw new Error('called twice');
  };

  it.each([
    ['an exception that ends it', exception, undefined, true, true],
    ['a rejection that ends it', { rejection: true }, true, true, true],
    ['an ordinary line while it ends', { message: 'hello' }, true, true, false],
    ['an exception that does not end it', exception, true, false, false],
    ['an exception with exitOnError false', exception, false, true, false],
    ['an exception with an exitOnError function, which winston alone calls', exception, neverCalled, true, true],
  ])('tells whether winston ends the process after a log call: %s', (_case, info, exitOnError, _ending, ends) => {
    const transport = Object.assign(workspace.transport(), { parent: { exitOnError }, _ending });
    expect(endsProcess(transport, info)).toBe(ends);
  });
});

describe("'finish'", () => {
  it('leaves all loggers that have not ended piped to the transport', async () => {
    const transport = workspace.transport();
    const loggers = [0, 1].map(() => winston.createLogger({ level: 'debug', transports: [transport] }));
    const finished = jest.fn();
    transport.once('finish', finished);
    transport.emit('finish');
    expect(finished).toHaveBeenCalledTimes(1);
    for (const logger of loggers) logger.debug('still here');
    await transport.flush();
    expect((await workspace.reader.common('app', 'debug')).total).toBe(2);
  });
});

describe('empty event loop', () => {
  const emit = (): boolean => process.emit('beforeExit', 0);

  it('has pending log calls written', async () => {
    const { logger, transport } = workspace.logger({ name: 'ending' });
    logger.info('hello');
    emit();
    await until(() => transport.stats().written === 1);
  });

  it('runs each action until it is taken back, and keeps no listener after the last', () => {
    const before = process.listenerCount('beforeExit');
    const [first, second] = [jest.fn(), jest.fn()];
    for (const action of [first, second]) onEmptyLoop(action);
    expect(process.listenerCount('beforeExit')).toBeLessThanOrEqual(before + 1);
    emit();
    offEmptyLoop(first);
    emit();
    offEmptyLoop(second);
    emit();
    expect(first).toHaveBeenCalledTimes(1);
    expect(second).toHaveBeenCalledTimes(2);
    expect(process.listenerCount('beforeExit')).toBe(before);
  });
});
