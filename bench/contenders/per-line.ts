import { createClient } from 'redis';

import TransportStream = require('winston-transport');

import { seedLogCommon } from '../../__tests__/support/writers/seed';
import type { Contender, Setting } from './contenders';

/** Other ways to keep the same lines and counts with node-redis: each line is written by itself. */

/** What winston hands to a transport for a line of the bench. */
interface LogInfo {
  readonly level: string;
  readonly message: string;
  readonly name?: string;
}

type Client = ReturnType<typeof createClient>;
type WriteLine = (client: Client, info: LogInfo) => Promise<unknown>;

/** A transport that has each line written, and calls back at once: what waits grows without bound. */
class LineTransport extends TransportStream {
  done = 0;
  failure: string | undefined;
  readonly #write: (info: LogInfo) => Promise<unknown>;

  constructor(write: (info: LogInfo) => Promise<unknown>) {
    super();
    this.#write = write;
  }

  override log(info: LogInfo, callback: () => void): void {
    this.#write(info).then(
      () => this.done++,
      (error: Error) => {
        this.failure ??= String(error.message);
      },
    );
    callback();
  }
}

async function openLines({ url }: Setting, write: WriteLine): Promise<Contender> {
  const client = createClient({ url }) as Client;
  client.on('error', () => undefined);
  await client.connect();
  const transport = new LineTransport((info) => write(client, info));
  return { transport, done: () => transport.done, isUnbounded: true, failure: () => transport.failure };
}

function keysOf({ level, name = 'app' }: LogInfo): [recent: string, common: string, start: string] {
  const common = `common:${name}:${level}`;
  return [`recent:${name}:${level}`, common, `${common}:start`];
}

function lineOf({ message }: LogInfo): string {
  return `${new Date().toISOString()} ${message}`;
}

/** One MULTI for each line. It does not rotate the counts, which would take another round trip. */
export function openMulti(setting: Setting): Promise<Contender> {
  return openLines(setting, (client, info) => {
    const [recent, common] = keysOf(info);
    const multi = client.multi().lPush(recent, lineOf(info)).lTrim(recent, 0, 99);
    return multi.zIncrBy(common, 1, info.message).exec();
  });
}

const SCRIPT = `
local hour = math.floor(redis.call('TIME')[1] / 3600)
local start = redis.call('GET', KEYS[3])
if tonumber(start or 0) < hour then
  if start then redis.call('RENAME', KEYS[2], KEYS[2] .. ':last') end
  redis.call('SET', KEYS[3], hour)
end
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, 99)
redis.call('ZINCRBY', KEYS[2], 1, ARGV[2])`;

/** One EVALSHA for each line, which rotates the counts as well. */
export async function openEvalSha(setting: Setting): Promise<Contender> {
  const loader = await createClient({ url: setting.url }).connect();
  const sha = await loader.scriptLoad(SCRIPT);
  loader.destroy();
  return openLines(setting, (client, info) =>
    client.evalSha(sha, { keys: keysOf(info), arguments: [lineOf(info), info.message] }),
  );
}

/** The book's algorithm. WATCH is a state of the connection, so each line waits for the one before it. */
export function openSeed(setting: Setting): Promise<Contender> {
  let last: Promise<unknown> = Promise.resolve();
  return openLines(setting, (client, { name = 'app', message, level }) => {
    last = last.then(async () => {
      if (!(await seedLogCommon(client as never, name, message, level))) throw new Error('given up after five seconds');
    });
    return last;
  });
}
