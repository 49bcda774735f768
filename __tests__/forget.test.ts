import { createClient } from 'redis';
import { forget, OptionsError, type PassedClient } from '../src';
import { Workspace } from './support/workspace';

describe('forget', () => {
  let workspace: Workspace;
  let client: ReturnType<typeof createClient>;
  let keyPrefix: string;

  beforeAll(async () => {
    workspace = await Workspace.open();
    keyPrefix = workspace.prefix;
    client = createClient({ url: workspace.writerUrl, RESP: 2 });
    await client.connect();
  });
  afterAll(async () => {
    client.destroy();
    await workspace.close();
  });

  const log = async (name: string): Promise<void> => {
    const { logger, transport } = workspace.logger({ name });
    for (const level of ['info', 'error']) logger.log(level, 'hello');
    await transport.flush();
  };
  const listKeys = (name: string): Promise<string[]> => workspace.redis.keys(workspace.key(`*:${name}:*`));
  const listKnown = async (): Promise<string[]> =>
    (await workspace.reader.names()).map(({ name, severity }) => `${name} ${severity}`).sort();

  it('removes all keys of a logger and its entries in the index, with the rights of a writer, and nothing else', async () => {
    await log('gone');
    await log('kept');
    const kept = await listKeys('kept');
    expect((await forget(client, 'gone', undefined, { keyPrefix })).sort()).toEqual(['error', 'info']);
    expect(await listKeys('gone')).toEqual([]);
    expect(await listKnown()).toEqual(['kept error', 'kept info']);
    expect((await listKeys('kept')).sort()).toEqual(kept.sort());
  });

  it('removes one severity alone if it is asked to', async () => {
    await log('half');
    expect(await forget(client, 'half', 'error', { keyPrefix })).toEqual(['error']);
    expect(await listKnown()).toContain('half info');
    expect(await listKnown()).not.toContain('half error');
    expect(await forget(client, 'half', 'error', { keyPrefix })).toEqual([]);
  });

  it('leaves in the index what was logged meanwhile', async () => {
    await log('busy');
    type Args = Parameters<typeof client.eval>;
    const thenLog = async (removed: Promise<unknown>, [, options]: Args): Promise<unknown> => {
      const found = await removed;
      if (options?.keys?.some((key) => key.includes('recent:'))) await log('busy');
      return found;
    };
    const beside: PassedClient = {
      evalSha: (...args: Args) => thenLog(client.evalSha(...args), args),
      eval: (...args: Args) => thenLog(client.eval(...args), args),
      on: () => undefined,
    };
    expect((await forget(beside, 'busy', 'info', { keyPrefix })).length).toBe(1);
    expect(await workspace.redis.exists(workspace.key('recent:busy:info'))).toBe(1);
    expect(await listKnown()).toContain('busy info');
  });

  it('refuses names and severities that no logger can have', async () => {
    await expect(forget(client, '')).rejects.toBeInstanceOf(OptionsError);
    await expect(forget(client, 'app', 'pulse')).rejects.toBeInstanceOf(OptionsError);
  });
});
