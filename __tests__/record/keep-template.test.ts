import winston from 'winston';
import { keepTemplate, type TransportOptions } from '../../src';
import { StoredLog } from '../support/redis/stored-log';
import { Workspace } from '../support/workspace';

const { combine, splat, json, label, printf, uncolorize } = winston.format;

let workspace: Workspace;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
});
afterAll(() => workspace.close());

/** Logs through a logger with this format. Returns the counts and the newest line. */
async function logged(
  format: winston.Logform.Format,
  log: (logger: winston.Logger) => void,
  options: TransportOptions = {},
): Promise<{ counts: object; line: string | undefined }> {
  const transport = workspace.transport({ name, ...options });
  log(winston.createLogger({ format, transports: [transport] }));
  await transport.flush();
  const stored = new StoredLog(workspace.redis, workspace.prefix, name);
  const [line] = await stored.texts();
  return { counts: await stored.current(), line };
}

function logUsers(logger: winston.Logger): void {
  logger.info('user %s logged in', 'ann');
  logger.info('user %s logged in', 'bob');
}

describe('keepTemplate', () => {
  it('counts a message as it is in the code, and leaves the values in its line', async () => {
    expect(await logged(combine(keepTemplate(), splat()), logUsers)).toEqual({
      counts: { 'user %s logged in': 2 },
      line: 'user bob logged in',
    });
  });

  it.each([
    [
      'between other formats',
      combine(uncolorize(), keepTemplate(), label({ label: 'x', message: true }), splat(), json()),
    ],
    [
      'before a format that returns a new object',
      combine(keepTemplate(), splat(), { transform: (info) => ({ ...info }) }),
    ],
    ['twice in the format', combine(keepTemplate(), splat(), keepTemplate())],
  ])('counts the template if it stands %s', async (_where, format) => {
    const { counts } = await logged(format, logUsers);
    expect(counts).toEqual({ 'user %s logged in': 2 });
  });

  it('counts the template if it stands in the format of the transport alone', async () => {
    const text = printf(({ message }) => `> ${String(message)}`);
    const options = { format: combine(keepTemplate(), splat(), text) };
    expect(await logged({ transform: (info) => info }, logUsers, options)).toEqual({
      counts: { 'user %s logged in': 2 },
      line: '> user bob logged in',
    });
  });

  it("counts the template of a child logger's call with metadata", async () => {
    const { counts, line } = await logged(combine(keepTemplate(), splat()), (logger) => {
      logger.child({ request: 7 }).info('took %d ms', 12, { path: '/' });
    });
    expect(counts).toEqual({ 'took %d ms': 1 });
    expect(line).toBe('took 12 ms {"request":7,"path":"/"}');
  });

  it('has no effect beside a commonKey', async () => {
    const options = { commonKey: ({ message }: { message?: unknown }) => message };
    const { counts } = await logged(combine(keepTemplate(), splat()), logUsers, options);
    expect(counts).toEqual({ 'user ann logged in': 1, 'user bob logged in': 1 });
  });

  it('counts a message without values as the later formats leave it, so that a secret stays removed', async () => {
    const redact = {
      transform: (info: winston.Logform.TransformableInfo) => ({
        ...info,
        message: String(info.message).replace('secret', '***'),
      }),
    };
    const { counts } = await logged(combine(keepTemplate(), splat(), redact), (logger) => {
      logger.info('a secret');
      logger.info('a secret', { with: 'metadata' });
      logger.info('100 %s of a secret');
      logger.info({ level: 'info', message: 'a secret' });
    });
    expect(counts).toEqual({ 'a ***': 3, '100 %s of a ***': 1 });
  });

  it('counts an object as JSON, even in a call with values', async () => {
    const { counts } = await logged(combine(keepTemplate(), splat()), (logger) => {
      logger.info({ level: 'info', message: { a: 1 }, splat: [1] });
    });
    expect(counts).toEqual({ '{"a":1}': 1 });
  });
});
