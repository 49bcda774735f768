import winston from 'winston';
import { emitFinish, endsProcess, offEmptyLoop, onEmptyLoop } from '../../src/winston/exit';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

describe('a log call ends the process', () => {
  const exception = { exception: true, error: new Error('boom') };

  it.each([
    ['an exception that winston ends it for', exception, undefined, true, true],
    ['a rejection that winston ends it for', { rejection: true }, true, true, true],
    ['an ordinary line meanwhile', { message: 'hello' }, true, true, false],
    ['an exception that winston does not end it for', exception, true, false, false],
    ['an exception with exitOnError false', exception, false, true, false],
    ['an exception that exitOnError lets pass', exception, (error: Error) => error.message !== 'boom', true, false],
    ['an exception that exitOnError does not', exception, (error: Error) => error.message === 'boom', true, true],
  ])('%s', (_case, info, exitOnError, _ending, ends) => {
    const transport = Object.assign(workspace.transport(), { parent: { exitOnError }, _ending });
    expect(endsProcess(transport, info)).toBe(ends);
  });
});

describe('finish', () => {
  it('reaches who waits for it, and leaves all loggers piped to the transport', async () => {
    const transport = workspace.transport();
    const loggers = [0, 1].map(() => winston.createLogger({ level: 'debug', transports: [transport] }));
    const finished = jest.fn();
    transport.once('finish', finished);
    emitFinish(transport);
    expect(finished).toHaveBeenCalledTimes(1);
    for (const logger of loggers) logger.debug('still here');
    await transport.flush();
    expect((await workspace.reader.common('app', 'debug')).total).toBe(2);
  });
});

describe('an event loop that runs empty', () => {
  const emit = (): boolean => process.emit('beforeExit', 0);

  it('has what waits for Redis written', async () => {
    const { logger, transport } = workspace.logger({ name: 'ending' });
    logger.info('hello');
    emit();
    await until(() => transport.stats().written === 1);
  });

  it('has each action run until it is taken back, and no listener after the last', () => {
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
