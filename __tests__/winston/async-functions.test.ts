import { runProgram } from '../support/program';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let names = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

interface Outcome {
  readonly warnings: readonly string[];
  readonly rejections: number;
  readonly stats: Readonly<Record<string, number>>;
}

/** What a program tells that logs twice with these options of the transport and the logger, as source text. */
async function logTwice(options: string, loggerOptions = ''): Promise<Outcome & { name: string }> {
  const name = `async${++names}`;
  const program = `
    let rejections = 0;
    process.on('unhandledRejection', () => rejections++);
    const transport = openTransport({ name: process.env.NAME, ${options} });
    const warnings = [];
    transport.on('warn', ({ reason }) => warnings.push(reason));
    const logger = winston.createLogger({ transports: [transport], ${loggerOptions} });
    logger.info('hello');
    logger.info('hello');
    logger.on('finish', () => console.log(JSON.stringify({ warnings, rejections, stats: transport.stats() })));
    setTimeout(() => logger.end(), 50);
  `;
  const env = { URL: workspace.url, PREFIX: workspace.prefix, NAME: name };
  const { stdout, stderr, code } = await runProgram(program, env);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return { name, ...JSON.parse(stdout) };
}

const ENDS = [
  ['resolves', 'Promise.resolve(name)'],
  ['rejects', "Promise.reject(new Error('no'))"],
  ['rejects as a function with a then', 'Object.assign(() => 0, { then: (_, reject) => reject(new Error(name)) })'],
] as const;

describe('async function as an option', () => {
  it.each(ENDS)('drops each log call as name, with one warning: one that %s', async (_case, result) => {
    const { warnings, rejections, stats } = await logTwice(
      `name: (info) => { const name = 'shop'; return ${result}; }`,
    );
    expect(warnings).toEqual([expect.stringMatching(/a log call was dropped: .*not a promise/)]);
    expect(rejections).toBe(0);
    expect(stats).toMatchObject({ logged: 2, dropped: 2, written: 0 });
  });

  it.each(ENDS)('has the message counted as commonKey, with one warning: one that %s', async (_case, result) => {
    const options = `commonKey: (info) => { const name = 'key'; return ${result}; }`;
    const { name, warnings, rejections } = await logTwice(options);
    expect(warnings).toEqual([expect.stringMatching(/commonKey failed, the message was counted: .*not a promise/)]);
    expect(rejections).toBe(0);
    expect((await workspace.reader.common(name, 'info')).messages).toEqual([{ message: 'hello', count: 2 }]);
  });

  it.each([
    ['that resolves', 'format: { transform: async (info) => info }'],
    ['that rejects', "format: { transform: async () => { throw new Error('no'); } }"],
    ['whose text is a promise', "format: winston.format.printf(async () => 'text')"],
    ['whose text is a promise that rejects', "format: winston.format.printf(async () => { throw new Error('no'); })"],
  ])('has lines stored without it as format, with one warning: one %s', async (_case, options) => {
    const { name, warnings, rejections } = await logTwice(options);
    expect(warnings).toEqual([expect.stringMatching(/the format failed, .*not a promise/)]);
    expect(rejections).toBe(0);
    const lines = await workspace.reader.recent(name, 'info');
    expect(lines.map(({ message }) => message)).toEqual(['hello', 'hello']);
  });

  it('causes no unhandled rejection as toJSON of metadata', async () => {
    const name = `async${++names}`;
    const program = `
      const transport = openTransport({ name: process.env.NAME });
      const logger = winston.createLogger({ format: winston.format.simple(), transports: [transport] });
      transport.log({ level: 'info', message: 'hello', a: { toJSON: async () => { throw new Error('no'); } }, b: 1 });
      setTimeout(() => logger.end(), 50);
    `;
    const { code, stderr } = await runProgram(program, { URL: workspace.url, PREFIX: workspace.prefix, NAME: name });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [line] = await workspace.reader.recent(name, 'info');
    expect(line?.message).toBe('hello {"a":{},"b":1}');
  });

  it.each([
    ['resolves', 'async (info) => info'],
    ['rejects', "async () => { throw new Error('no'); }"],
  ])('drops each log call as format of the logger, with one warning: one that %s', async (_case, transform) => {
    const { warnings, rejections, stats } = await logTwice('', `format: { transform: ${transform} }`);
    expect(warnings).toEqual([expect.stringMatching(/a log call was dropped: .*not a promise/)]);
    expect(rejections).toBe(0);
    expect(stats).toMatchObject({ logged: 2, dropped: 2 });
  });
});
