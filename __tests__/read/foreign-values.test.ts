import { createClient } from 'redis';
import { RecentCommonReader } from '../../src';
import { createDashboard } from '../../src/dashboard';
import { destinationKeys, knownKey, watchKeys } from '../../src/redis/keys';
import { Random } from '../chaos/random';
import { effort } from '../support/effort';
import { isoHour } from '../support/hours';
import { isMissing } from '../support/requirements';
import { Workspace } from '../support/workspace';

const TEXTS = ['', '0', '-1', 'abc', '1e400', 'nan', '-inf', '99999999999999999999999', '1.5', ' 1', '0x10', '0 0 '];
TEXTS.push(
  isoHour(),
  '9999-99-99T99:00:00',
  '\0',
  'a\r\nb',
  '__proto__',
  'x'.repeat(5000),
  `${Math.floor(Date.now() / 60_000)} 1`,
);
const MEMBERS = [
  'info:app',
  'error:app',
  'info:',
  '::',
  'news:',
  'news:info:app',
  'news:news:x',
  'info:\0',
  'last:app',
];
MEMBERS.push('<other>', 'since', 'admitted', 'refused', '{', ...TEXTS);
const SCORES = ['0', '-1', '1.5', '1e300', '+inf', '-inf', '9007199254740993', String(Math.floor(Date.now() / 60_000))];

const FOUR = [1, 2, 3, 4];
type Fill = (random: Random) => string[];
const FILLS: readonly Fill[] = [
  (random) => ['SET', '', random.pick(TEXTS)],
  (random) => ['RPUSH', '', random.pick(TEXTS), random.pick(TEXTS), random.pick(TEXTS)],
  (random) => ['ZADD', '', ...FOUR.flatMap(() => [random.pick(SCORES), random.pick(MEMBERS)])],
  (random) => ['HSET', '', ...FOUR.flatMap(() => [random.pick(MEMBERS), random.pick(TEXTS)])],
];

const READS: readonly ((reader: RecentCommonReader) => Promise<unknown>)[] = [
  (reader) => reader.names(),
  (reader) => reader.recent('app', ['info', 'error'], { since: new Date(0) }),
  (reader) => reader.common('app', 'info'),
  (reader) => reader.common('app', 'info', { window: 'previous', groupBy: 'pattern' }),
  (reader) => reader.common('app', 'info', { window: { minutes: 5 } }),
  (reader) => reader.minutes('app', 'info'),
  (reader) => reader.changes('app', 'info'),
  (reader) => reader.compare('app', ['info', 'error'], { window: { minutes: 10 }, groupBy: 'pattern' }),
  (reader) => reader.glance('app', ['info', 'error']),
  (reader) => reader.overview(),
  (reader) => reader.changedSince('5'),
  (reader) => reader.told('app', 'info', ['hello']),
];
const QUERIES = ['', '?format=json', '?name=app', '?name=app&format=json', '?name=app&severity=info&window=10'];

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

/** The path of the first number that is none; a line without a time has an invalid one. */
function findNoNumber(value: unknown, path = ''): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
  if (value instanceof Date) return Number.isNaN(value.getTime()) && !path.endsWith('.time') ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const found = findNoNumber(each, `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

/** What is wrong with the outcome of a read; nothing with an error of Redis. */
async function findFault(read: Promise<unknown>): Promise<string | undefined> {
  try {
    return findNoNumber(await read);
  } catch (error) {
    return /WRONGTYPE|^ERR /.test(String((error as Error).message)) ? undefined : String(error);
  }
}

describe.each([2, isMissing('RESP 3') ? 2 : 3] as const)(
  'values of other programs under the keys (RESP %d)',
  (RESP) => {
    it('are read as numbers, or refused: by no reader as NaN, and by no page', async () => {
      const client = createClient({ url: workspace.url, RESP });
      await client.connect();
      const { prefix: keyPrefix } = workspace;
      const reader = new RecentCommonReader({ client, keyPrefix });
      const board = createDashboard({ reader, authorize: 'public' });
      const space = { prefix: keyPrefix, hashTag: false };
      const own = Object.values(destinationKeys(space, 'app', 'info')).filter((key) => !key.endsWith(':scratch'));
      const keys = [...own, knownKey(space), ...Object.values(watchKeys(space, 'default'))];
      const faults: unknown[] = [];
      for (let seed = 1; seed <= effort({ quick: 15, full: 500 }); seed++) {
        const random = new Random(seed);
        const { transport } = workspace.logger({ name: 'app' });
        for (const level of ['info', 'error', 'info']) transport.log({ level, message: 'hello' });
        await transport.flush();
        const filled = keys.filter(() => random.next() < 0.5);
        for (const key of filled) {
          const [command = '', , ...args] = random.pick(FILLS)(random);
          await workspace.redis.sendCommand([command, key, ...args]).catch(() => undefined);
        }
        for (const [i, read] of READS.entries()) {
          const fault = await findFault(read(reader));
          if (fault) faults.push({ seed, read: i, fault });
        }
        for (const query of QUERIES) {
          const response = await board.fetch(new Request(`http://localhost/${query}`));
          const text = await response.text();
          if (![200, 404, 503].includes(response.status) || /\bNaN\b|Invalid Date/.test(text))
            faults.push({ seed, query });
        }
        await workspace.redis.del(keys);
      }
      client.destroy();
      expect(faults).toEqual([]);
    });
  },
);
