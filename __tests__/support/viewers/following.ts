/** Followers beside processes that log at full speed. */

import { createClient } from 'redis';
import { type ConnectionOptions, logRecent, RecentCommonReader } from '../../../src';
import { RedisServer } from '../redis/servers';
import { GroupWriter, PARTS, partMessage } from '../writers/group-writer';

const LAST = 'the last line';

export interface FollowingOptions {
  /** By all writers together. */
  readonly lines: number;
  readonly writers: number;
  readonly recentLimit: number;
}

/** What a follower got of the logged lines. */
export interface Followed {
  readonly seen: number;
  readonly missed: number;
  /** Lines whose number does not follow on the line before, or on the missed lines between the two. */
  readonly wrongNumbers: number;
  readonly repeated: number;
  /** Lines that nobody logged, or that came before an earlier line of their writer. */
  readonly wrongLines: number;
}

/** The place of a line among those of its writer; undefined if no writer logs such a line. */
function findPlace(message: string): { writer: string; place: number } | undefined {
  const [, text, json] = /^(kind \d+ part \d+) (\{.+\})$/.exec(message) ?? [];
  if (text === undefined || json === undefined) return undefined;
  const { writer, group } = JSON.parse(json) as { writer: number; group: number };
  const part = Number(text.at(-1));
  return partMessage(group, part) === text ? { writer: String(writer), place: group * PARTS + part + 1 } : undefined;
}

async function followAll(reader: RecentCommonReader): Promise<Followed> {
  let [seen, missed, wrongNumbers, repeated, wrongLines] = [0, 0, 0, 0, 0];
  let due = 1;
  const messages = new Set<string>();
  const places = new Map<string, number>();
  for await (const told of reader.follow('app', 'info', { after: 0, intervalMs: 10 })) {
    if ('missed' in told) {
      missed += told.missed;
      due += told.missed;
      continue;
    }
    const { seq, message } = told;
    seen++;
    if (seq !== due) wrongNumbers++;
    due = seq + 1;
    if (message === LAST) break;
    if (messages.has(message)) repeated++;
    messages.add(message);
    const found = findPlace(message);
    if (!found || found.place <= (places.get(found.writer) ?? 0)) wrongLines++;
    if (found) places.set(found.writer, found.place);
  }
  return { seen, missed, wrongNumbers, repeated, wrongLines };
}

/** Lets processes log at full speed while readers follow over each kind of connection. Gives what each follower got. */
export async function runFollowing({ lines, writers, recentLimit }: FollowingOptions): Promise<Followed[]> {
  const server = await RedisServer.start();
  const client = createClient({ url: server.url, RESP: 2 });
  await client.connect();
  const ways: ConnectionOptions[] = [{ url: server.url }, { client }];
  const readers = ways.map((way) => new RecentCommonReader(way));
  const groups = lines / writers / PARTS;
  const options = { url: server.url, recentLimit, groups };
  const started: GroupWriter[] = [];
  try {
    const following = readers.map(followAll);
    started.push(...Array.from({ length: writers }, (_, writer) => new GroupWriter({ ...options, writer })));
    await Promise.all(started.map((writer) => writer.ended()));
    await logRecent(client, 'app', LAST, 'info', { recentLimit });
    return await Promise.all(following);
  } finally {
    await Promise.all(started.map((writer) => writer.kill()));
    for (const reader of readers) reader.close();
    client.destroy();
    await server.stop();
  }
}

/** Expects that each line came once, in the order of the numbers, or was counted as missed. */
export function expectEachLineOnce(told: readonly Followed[], { lines }: FollowingOptions): void {
  for (const { seen, missed, ...wrong } of told) {
    expect(wrong).toEqual({ wrongNumbers: 0, repeated: 0, wrongLines: 0 });
    expect(seen + missed).toBe(lines + 1);
  }
}
