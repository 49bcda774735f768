import { runProgram } from '../support/program';
import { Workspace } from '../support/workspace';

/** What a program tells of one logger, which logs twice. */
interface Outcome {
  readonly warnings: readonly string[];
  readonly rejections: number;
  readonly stats: Readonly<Record<string, number>>;
}

const ENDS = [
  ['resolves', 'Promise.resolve(name)'],
  ['rejects', "Promise.reject(new Error('no'))"],
  ['rejects as a function with a then', 'Object.assign(() => 0, { then: (_, reject) => reject(new Error(name)) })'],
] as const;
const FORMATS = [
  ['that resolves', '{ transform: async (info) => info }'],
  ['that rejects', "{ transform: async () => { throw new Error('no'); } }"],
  ['whose text is a promise', "winston.format.printf(async () => 'text')"],
  ['whose text is a promise that rejects', "winston.format.printf(async () => { throw new Error('no'); })"],
] as const;
const TRANSFORMS = [
  ['resolves', 'async (info) => info'],
  ['rejects', "async () => { throw new Error('no'); }"],
] as const;

/** The options of the transport and of the logger in each case, as source text. */
const CASES: readonly (readonly [name: string, options: string, loggerOptions: string])[] = [
  ...ENDS.map(
    ([end, result]) => [`name ${end}`, `name: () => { const name = 'shop'; return ${result}; }`, ''] as const,
  ),
  ...ENDS.map(
    ([end, result]) => [`key ${end}`, `commonKey: () => { const name = 'key'; return ${result}; }`, ''] as const,
  ),
  ...FORMATS.map(([which, format]) => [`format ${which}`, `format: ${format}`, ''] as const),
  ...TRANSFORMS.map(([end, transform]) => [`logger ${end}`, '', `format: { transform: ${transform} }`] as const),
];

/** Tries one case after the other, so that a rejection can be laid to one of them. */
const PROGRAM = `
  const { once } = require('node:events');
  const { setTimeout: sleep } = require('node:timers/promises');
  const cases = [${CASES.map(([name, options, loggerOptions]) => `['${name}', { ${options} }, { ${loggerOptions} }]`).join()}];
  let rejections = 0;
  process.on('unhandledRejection', () => rejections++);
  const logTwice = async ([name, options, loggerOptions]) => {
    rejections = 0;
    const transport = openTransport({ name, ...options });
    const warnings = [];
    transport.on('warn', ({ reason }) => warnings.push(reason));
    const logger = winston.createLogger({ transports: [transport], ...loggerOptions });
    logger.info('hello');
    logger.info('hello');
    await sleep(50);
    await once(logger.end(), 'finish');
    return [name, { warnings, rejections, stats: transport.stats() }];
  };
  (async () => {
    const outcomes = [];
    for (const each of cases) outcomes.push(await logTwice(each));
    console.log(JSON.stringify(outcomes));
  })();
`;

let workspace: Workspace;
let outcomes: Map<string, Outcome>;

beforeAll(async () => {
  workspace = await Workspace.open();
  const { stdout, stderr, code } = await runProgram(PROGRAM, { URL: workspace.url, PREFIX: workspace.prefix });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  outcomes = new Map(JSON.parse(stdout));
});
afterAll(() => workspace.close());

describe('async function as an option', () => {
  it.each(ENDS)('drops each log call as name, with one warning: one that %s', (end) => {
    expect(outcomes.get(`name ${end}`)).toEqual({
      warnings: [expect.stringMatching(/a log call was dropped: .*not a promise/)],
      rejections: 0,
      stats: expect.objectContaining({ logged: 2, dropped: 2, written: 0 }),
    });
  });

  it.each(ENDS)('has the message counted as commonKey, with one warning: one that %s', async (end) => {
    const name = `key ${end}`;
    expect(outcomes.get(name)).toMatchObject({
      warnings: [expect.stringMatching(/commonKey failed, the message was counted: .*not a promise/)],
      rejections: 0,
    });
    expect((await workspace.reader.common(name, 'info')).messages).toEqual([{ message: 'hello', count: 2 }]);
  });

  it.each(FORMATS)('has lines stored without it as format, with one warning: one %s', async (which) => {
    const name = `format ${which}`;
    expect(outcomes.get(name)).toMatchObject({
      warnings: [expect.stringMatching(/the format failed, .*not a promise/)],
      rejections: 0,
    });
    const lines = await workspace.reader.recent(name, 'info');
    expect(lines.map(({ message }) => message)).toEqual(['hello', 'hello']);
  });

  it('causes no unhandled rejection as toJSON of metadata', async () => {
    const program = `
      const transport = openTransport({ name: 'metadata' });
      const logger = winston.createLogger({ format: winston.format.simple(), transports: [transport] });
      transport.log({ level: 'info', message: 'hello', a: { toJSON: async () => { throw new Error('no'); } }, b: 1 });
      setTimeout(() => logger.end(), 50);
    `;
    const { code, stderr } = await runProgram(program, { URL: workspace.url, PREFIX: workspace.prefix });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [line] = await workspace.reader.recent('metadata', 'info');
    expect(line?.message).toBe('hello {"a":{},"b":1}');
  });

  it.each(TRANSFORMS)('drops each log call as format of the logger, with one warning: one that %s', (end) => {
    expect(outcomes.get(`logger ${end}`)).toEqual({
      warnings: [expect.stringMatching(/a log call was dropped: .*not a promise/)],
      rejections: 0,
      stats: expect.objectContaining({ logged: 2, dropped: 2 }),
    });
  });
});
