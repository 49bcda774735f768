/** Other ways to keep the same lines and counts with node-redis: each writes every line by itself. */

import { createClient } from 'redis';

import TransportStream = require('winston-transport');

import { seedLogCommon } from '../../__tests__/support/writers/seed';
import type { Contender, ContenderOptions } from './contender';

/** The part of winston's info object that is written. */
interface LogInfo {
  readonly level: string;
  readonly message: string;
  readonly name?: string;
}

type Client = ReturnType<typeof createClient>;
type WriteLine = (client: Client, info: LogInfo) => Promise<unknown>;

/** Starts a write for each line and calls back at once, so its queue is not bounded. */
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

async function openLines({ url }: ContenderOptions, write: WriteLine): Promise<Contender> {
  const client = createClient({ url }) as Client;
  client.on('error', () => undefined);
  await client.connect();
  const transport = new LineTransport((info) => write(client, info));
  return { transport, done: () => transport.done, isUnbounded: true, failure: () => transport.failure };
}

function keyNames({ level, name = 'app' }: LogInfo): [recent: string, common: string, start: string] {
  const common = `common:${name}:${level}`;
  return [`recent:${name}:${level}`, common, `${common}:start`];
}

function formatLine({ message }: LogInfo): string {
  return `${new Date().toISOString()} ${message}`;
}

/** One MULTI for each line. It does not rotate the counts: that would take another round trip. */
export function openMulti(options: ContenderOptions): Promise<Contender> {
  return openLines(options, (client, info) => {
    const [recent, common] = keyNames(info);
    const multi = client.multi().lPush(recent, formatLine(info)).lTrim(recent, 0, 99);
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

/** One EVALSHA for each line; its script rotates the counts too. */
export async function openEvalSha(options: ContenderOptions): Promise<Contender> {
  const loader = await createClient({ url: options.url }).connect();
  const sha = await loader.scriptLoad(SCRIPT);
  loader.destroy();
  return openLines(options, (client, info) =>
    client.evalSha(sha, { keys: keyNames(info), arguments: [formatLine(info), info.message] }),
  );
}

/** The algorithm of *Redis in Action*. WATCH belongs to the connection, so each line waits for the one before it. */
export function openRedisInAction(options: ContenderOptions): Promise<Contender> {
  let last: Promise<unknown> = Promise.resolve();
  return openLines(options, (client, { name = 'app', message, level }) => {
    last = last.then(async () => {
      if (!(await seedLogCommon(client as never, name, message, level))) throw new Error('given up after five seconds');
    });
    return last;
  });
}
