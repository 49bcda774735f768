import { destinationKeys } from '../../src/redis/keys';
import { effort } from '../support/effort';
import { clearOfTheTurn } from '../support/hours';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let names = 0;

beforeAll(async () => {
  await clearOfTheTurn();
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

const listKeys = (name: string, severity: string): ReturnType<typeof destinationKeys> =>
  destinationKeys({ prefix: workspace.prefix, hashTag: false }, name, severity);

/** What a hash holds, without the field that is about the hash itself. */
async function readHash(key: string): Promise<Map<string, string>> {
  const flat = (await workspace.redis.sendCommand(['HGETALL', key])) as unknown as string[];
  const entries = Array.from({ length: flat.length / 2 }, (_, i): [string, string] => [
    flat[2 * i] as string,
    flat[2 * i + 1] as string,
  ]);
  return new Map(entries.filter(([field]) => field !== '\ufffd'));
}

const error = (message: string, stack: string): Error => Object.assign(new Error(message), { stack });

describe('samples', () => {
  it('are kept of warnings and worse by default: the first line of the hour with each message', async () => {
    const name = `app${++names}`;
    const { logger, transport } = workspace.logger({ name });
    for (const level of ['info', 'warn', 'error']) {
      logger.log(level, 'hello', { order: 1 });
      logger.log(level, 'hello', { order: 2 });
    }
    await transport.flush();
    expect(await workspace.redis.exists(listKeys(name, 'info').samples)).toBe(0);
    for (const severity of ['warning', 'error']) {
      const kept = await readHash(listKeys(name, severity).samples);
      expect([...kept.keys()]).toEqual(['hello']);
      expect(kept.get('hello')).toMatch(/^\d+ \d{4}-\S{19} hello \{"order":1\}$/);
    }
  });

  it.each([
    [[], ''],
    [['info'], 'info'],
    [['warn'], 'warning'],
  ])('are kept of the severities in sampleSeverities: %j', async (sampleSeverities, expected) => {
    const name = `app${++names}`;
    const { logger, transport } = workspace.logger({ name, sampleSeverities });
    for (const level of ['info', 'warn', 'error']) logger.log(level, 'hello');
    await transport.flush();
    for (const severity of ['info', 'warning', 'error']) {
      expect([...(await readHash(listKeys(name, severity).samples)).keys()]).toEqual(
        severity === expected ? ['hello'] : [],
      );
    }
  });

  it('have at most 2,048 bytes, and a stack before metadata', async () => {
    const name = `app${++names}`;
    const { logger, transport } = workspace.logger({ name });
    const frames = Array.from({ length: 12 }, (_, i) => `\n    at step${i} (/srv/app/orders/process.js:${i}:1)`).join(
      '',
    );
    const stack = `TypeError: no price${frames}`;
    logger.error('long metadata', { details: 'é'.repeat(3000), error: error('no price', stack) });
    logger.error('é'.repeat(500), { details: 'x'.repeat(3000) });
    await transport.flush();
    const kept = await readHash(listKeys(name, 'error').samples);
    for (const line of kept.values())
      expect(Buffer.byteLength(line.slice(line.indexOf(' ') + 1))).toBeLessThanOrEqual(2048);
    expect(kept.get('long metadata')).toContain(stack);
    expect(kept.size).toBe(2);
  });

  it('are of the hour: a line of an earlier hour gives way to a new one', async () => {
    const name = `app${++names}`;
    const { samples } = listKeys(name, 'error');
    await workspace.redis.hSet(samples, 'hello', '1 1970-01-01T01:00:00.000Z hello');
    const { logger, transport } = workspace.logger({ name });
    logger.error('hello');
    await transport.flush();
    expect((await readHash(samples)).get('hello')).not.toMatch(/^1 /);
  });
});

describe('what is kept beside the counts', () => {
  it('has bounds: 500 samples, the minutes of 2,000 messages, and a thousand new messages an hour', async () => {
    const name = `app${++names}`;
    const count = effort({ quick: 2600, full: 12_000 });
    const { logger, transport } = workspace.logger({ name, maxPending: 20_000 });
    for (let i = 0; i < count; i++) {
      logger.error(`message ${i}`);
      if (i % 1000 === 999) await transport.flush();
    }
    await transport.flush();
    const { samples, pulse, seen } = listKeys(name, 'error');
    expect((await readHash(samples)).size).toBe(500);
    expect((await readHash(pulse)).size).toBe(2000);
    // One more member is about the memory itself.
    expect(await workspace.redis.zCard(seen)).toBe(1001);
    expect((await workspace.reader.common(name, 'error')).total).toBe(count);
  });

  it('pushes the messages that were seen last the longest time ago out of a full memory', async () => {
    const name = `app${++names}`;
    const { seen } = listKeys(name, 'error');
    const hour = Math.floor(Date.now() / 3_600_000);
    const old = Array.from({ length: 10_000 }, (_, i) => ({
      value: `old ${i}`,
      score: (hour - 100 + (i % 50)) * 2 ** 33,
    }));
    await workspace.redis.zAdd(seen, [{ value: 'about itself', score: -2 }, ...old]);
    const { logger, transport } = workspace.logger({ name });
    for (let i = 0; i < 100; i++) logger.error(`new ${i}`);
    await transport.flush();
    expect(await workspace.redis.zCard(seen)).toBe(10_001 - 1);
    expect(await workspace.redis.zScore(seen, 'old 0')).toBeNull();
    for (const message of ['about itself', 'old 49', 'new 0', 'new 99']) {
      expect(await workspace.redis.zScore(seen, message)).not.toBeNull();
    }
  });

  it('forgets the minutes that have left both hours, and no others', async () => {
    const name = `app${++names}`;
    const { minutes, start } = listKeys(name, 'error');
    const hour = Math.floor(Date.now() / 3_600_000);
    const kept = (hour - 1) * 60;
    await workspace.redis.set(start, new Date(hour * 3_600_000).toISOString().slice(0, 19));
    const old = Array.from({ length: 160 }, (_, i) => ({ value: String(kept - 1 - i), score: 3 }));
    await workspace.redis.zAdd(minutes, [...old, { value: String(kept), score: 7 }]);
    const { logger, transport } = workspace.logger({ name });
    logger.error('hello');
    await transport.flush();
    const members = (await workspace.redis.zRange(minutes, 0, -1)).filter((member) => /^\d+$/.test(member));
    expect(members).toHaveLength(2);
    expect(members).toContain(String(kept));
  });

  it('forgets messages that were not seen for a week', async () => {
    const name = `app${++names}`;
    const { seen } = listKeys(name, 'error');
    const hour = Math.floor(Date.now() / 3_600_000);
    await workspace.redis.zAdd(seen, [
      { value: 'about itself', score: -2 },
      { value: 'of last week', score: (hour - 169) * 2 ** 33 },
      { value: 'of this week', score: (hour - 168) * 2 ** 33 },
    ]);
    const { logger, transport } = workspace.logger({ name });
    logger.error('new');
    await transport.flush();
    expect(await workspace.redis.zRange(seen, 0, -1)).toEqual(['about itself', 'of this week', 'new']);
  });

  it.each(['pulse', 'seen', 'samples'] as const)(
    'holds up no batch if another type is under its key: %s',
    async (key) => {
      const name = `app${++names}`;
      await workspace.redis.set(listKeys(name, 'error')[key], 'of somebody else');
      const { logger, transport } = workspace.logger({ name });
      logger.error('hello');
      await transport.flush();
      expect(transport.stats()).toMatchObject({ written: 1, retries: 0, lost: 0 });
      expect((await workspace.reader.common(name, 'error')).messages).toEqual([{ message: 'hello', count: 1 }]);
      expect(await workspace.redis.get(listKeys(name, 'error')[key])).toBe('of somebody else');
    },
  );

  it('refuses a batch, and names the key, if another type is under that of the minutes', async () => {
    const name = `app${++names}`;
    const { minutes } = listKeys(name, 'error');
    await workspace.redis.set(minutes, 'of somebody else');
    const { logger, transport } = workspace.logger({ name });
    const warned = new Promise<Error>((resolve) => transport.once('warn', resolve));
    logger.error('hello');
    expect((await warned).message).toContain(`WRONGTYPE ${minutes} holds a string, expected a zset`);
    await workspace.redis.unlink(minutes);
    await transport.flush();
    expect((await workspace.reader.common(name, 'error')).total).toBe(1);
  });
});
