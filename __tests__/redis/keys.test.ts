import fc from 'fast-check';
import { createClient } from 'redis';
import { logCommon, logRecent, OptionsError, RecentCommonReader, toSeverity } from '../../src';
import {
  assertName,
  assertPrefix,
  assertSeverity,
  destinationKeys,
  knownKey,
  knownMember,
  newsMember,
  parseKnownMember,
  splitNewsMember,
} from '../../src/redis/keys';
import { anyCharacter } from '../support/any-character';
import { effort } from '../support/effort';
import { isoHour } from '../support/hours';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { StoredLog } from '../support/redis/stored-log';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

interface Destination {
  readonly name: string;
  readonly severity: string;
}

/** Pieces of keys, and text that could be mistaken for one. */
const PIECES = [
  ...':{}\n\r\0 *?[]\\%"\'\u2028'.split(''),
  ...'{} }{ :: %3A last start pstart seq writers minutes pulse seen samples alarms news scratch :last :start :pstart :seq :writers :scratch known'.split(
    ' ',
  ),
  ...'recent: common: recent:app:info common:app:info:start recent:x app info INFO <other>'.split(' '),
  ...'é e\u0301 😀 ﬀ İ __proto__ constructor'.split(' '),
  "')redis.call('FLUSHALL')--",
];

const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: anyCharacter, maxLength: 5 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((pieces) => pieces.join(''));

function isAccepted(assertion: () => void): boolean {
  try {
    assertion();
    return true;
  } catch (error) {
    if (error instanceof OptionsError) return false;
    throw error;
  }
}

const severities = text.filter((severity) => isAccepted(() => assertSeverity(severity)));

function acceptedNames(hashTag: boolean): fc.Arbitrary<string> {
  return text.filter((name) => isAccepted(() => assertName(name, { hashTag })));
}

function acceptedPrefixes(hashTag: boolean): fc.Arbitrary<string> {
  return fc.oneof(fc.constant(''), text).filter((prefix) => isAccepted(() => assertPrefix(prefix, { hashTag })));
}

function acceptedDestinations(hashTag: boolean): fc.Arbitrary<Destination> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.record({ name: acceptedNames(hashTag), severity: severities }) },
    { weight: 1, arbitrary: fc.constant({ name: 'app', severity: 'info' }) },
  );
}

/** The destination that would have the same keys if a severity could hold a colon. */
function splitAtFirstColon(whole: string): Destination {
  const colon = whole.indexOf(':');
  return { name: whole.slice(0, colon), severity: whole.slice(colon + 1) };
}

/** Two different destinations, mostly made of the same pieces. */
function destinationPairs(hashTag: boolean): fc.Arbitrary<[Destination, Destination]> {
  return fc
    .tuple(
      acceptedDestinations(hashTag),
      acceptedDestinations(hashTag),
      fc.constantFrom('other', 'longer', 'joined', 'swapped', 'split'),
    )
    .map(([first, second, how]): [Destination, Destination] => {
      const { name, severity } = first;
      const changed = {
        other: second,
        longer: { name: name + second.name, severity },
        joined: { name: `${name}:${severity}`, severity: second.severity },
        swapped: { name: severity, severity: name },
        split: splitAtFirstColon(`${name}:${severity}`),
      };
      return [first, changed[how]];
    })
    .filter(([first, second]) => first.name !== second.name || first.severity !== second.severity)
    .filter(
      ([, { name, severity }]) =>
        isAccepted(() => assertName(name, { hashTag })) && isAccepted(() => assertSeverity(severity)),
    );
}

describe.each([false, true])('keys (hash tag: %s)', (hashTag) => {
  it('are all different for two destinations, and different from the index', () => {
    fc.assert(
      fc.property(acceptedPrefixes(hashTag), destinationPairs(hashTag), (prefix, [first, second]) => {
        const space = { prefix, hashTag };
        const keys = [first, second].flatMap(({ name, severity }) =>
          Object.values(destinationKeys(space, name, severity)),
        );
        expect(new Set([...keys, knownKey(space)]).size).toBe(25);
      }),
      { numRuns: effort({ quick: 200, full: 2000 }) },
    );
  });

  it('are found by an index member that gives back the name and the severity', () => {
    fc.assert(
      fc.property(acceptedDestinations(hashTag), ({ name, severity }) => {
        const member = knownMember(name, severity);
        expect(parseKnownMember(member)).toEqual({ name, severity });
        expect(splitNewsMember(member)).toEqual({ member, isNews: false });
      }),
      { numRuns: effort({ quick: 200, full: 2000 }) },
    );
  });

  it('have another index member for news, which is that of no destination', () => {
    fc.assert(
      fc.property(acceptedDestinations(hashTag), ({ name, severity }) => {
        const member = knownMember(name, severity);
        expect(splitNewsMember(newsMember(member))).toEqual({ member, isNews: true });
        expect(parseKnownMember(newsMember(member))).toBeUndefined();
      }),
      { numRuns: effort({ quick: 200, full: 2000 }) },
    );
  });
});

describeWithServer('keys with a hash tag', () => {
  it('share a slot per destination, as Redis itself computes it', async () => {
    const server = await RedisServer.start({
      args: ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
    });
    const redis = createClient({ url: server.url, RESP: 2 });
    try {
      await redis.on('error', () => undefined).connect();
      await fc.assert(
        fc.asyncProperty(acceptedPrefixes(true), acceptedDestinations(true), async (prefix, { name, severity }) => {
          const keys = Object.values(destinationKeys({ prefix, hashTag: true }, name, severity));
          const slots = await Promise.all(keys.map((key) => redis.clusterKeySlot(key)));
          expect(slots).toEqual(Array(12).fill(slots[0]));
        }),
        { numRuns: effort({ quick: 50, full: 500 }) },
      );
    } finally {
      redis.destroy();
      await server.stop();
    }
  });
});

/** A command as MONITOR tells of it, and whether a script called it. */
interface Told {
  readonly isInScript: boolean;
  readonly words: readonly string[];
}

function parseTold(line: string): Told {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word);
  return { isInScript: / lua\] /.test(line), words };
}

/** The keys of a command that a script calls. */
function keysTouched([command = '', ...args]: readonly string[]): readonly string[] {
  const name = command.toUpperCase();
  if (name === 'TIME' || name === 'INFO') return [];
  return name === 'EXISTS' || name === 'UNLINK' ? args : args.slice(0, name === 'RENAME' ? 2 : 1);
}

/** The keys that scripts touched without declaring them. */
function undeclaredKeys(told: readonly Told[]): string[] {
  let declared: readonly string[] = [];
  return told.flatMap(({ isInScript, words }) => {
    if (isInScript) return keysTouched(words).filter((key) => !declared.includes(key));
    declared = /^eval/i.test(words[0] ?? '') ? words.slice(3, 3 + Number(words[2])) : [];
    return [];
  });
}

describeWithServer('scripts', () => {
  it('touch only keys that they declare, and none of another destination', async () => {
    const server = await RedisServer.start();
    const [redis, monitor] = [createClient({ url: server.url, RESP: 2 }), createClient({ url: server.url, RESP: 2 })];
    const lines: string[] = [];
    try {
      for (const client of [redis, monitor]) await client.on('error', () => undefined).connect();
      await monitor.monitor((line) => lines.push(String(line)));
      const options = { ttlSeconds: 7200, commonLimit: 2 };
      const reader = new RecentCommonReader({ client: redis });
      // Suffixes of keys as parts of names and as severities: what scripts use for themselves must not be among them.
      for (const severity of ['info', 'none', 'nothing', 'note', 'other', 'tmp', 'hello']) {
        for (const name of ['shop', 'shop:info', 'shop:info:writers', 'shop:info:scratch']) {
          for (const message of ['a', 'b', 'c']) await logCommon(redis, name, message, severity, options);
          await redis.set(`common:${name}:${severity}:start`, isoHour(2));
          await logCommon(redis, name, 'a', severity, { commonLimit: 3 });
          await logRecent(redis, name, 'a', severity);
          await reader.changes(name, severity);
        }
      }
      expect(await reader.overview()).toHaveLength(28);
      await redis.ping('the end');
      await until(() => lines.some((line) => line.includes('the end')));
      const told = lines.map(parseTold);
      expect(told.filter(({ isInScript }) => isInScript).length).toBeGreaterThan(500);
      expect(undeclaredKeys(told)).toEqual([]);
      for (const { name, severity } of await reader.names()) {
        const { messages, total } = await reader.common(name, severity);
        expect([messages.map(({ count }) => count), total]).toEqual([[1], 1]);
        expect(await reader.recent(name, severity)).toHaveLength(5);
      }
    } finally {
      for (const client of [redis, monitor]) client.destroy();
      await server.stop();
    }
  });
});

describe('log call', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open();
  });
  afterAll(() => workspace.close());

  it('changes no key of another logger, with random names, levels and messages', async () => {
    const victim = workspace.transport({ name: 'app' });
    victim.log({ level: 'info', message: 'untouched' });
    await victim.flush();
    const stored = new StoredLog(workspace.redis, workspace.prefix, 'app');
    const read = () =>
      Promise.all([stored.texts(), stored.seq(), stored.current(), stored.last(), stored.start(), stored.pstart()]);
    const before = await read();
    const transport = workspace.transport({ name: (info) => info.logger });
    const space = { prefix: workspace.prefix, hashTag: false };
    const neighbours = fc.oneof(
      text,
      text.map((more) => `app${more}`),
      text.map((more) => `app:${more}`),
    );
    const levels = fc.oneof(text, fc.constantFrom('info', 'error', 'last', 'start'));
    const allowed = new Set([knownKey(space), ...Object.values(destinationKeys(space, 'app', 'info'))]);
    await fc.assert(
      fc.asyncProperty(neighbours, levels, fc.oneof(text, fc.json()), async (logger, level, message) => {
        const severity = toSeverity(level);
        fc.pre(logger !== 'app' || severity !== 'info');
        for (const key of Object.values(destinationKeys(space, logger, severity))) allowed.add(key);
        transport.log({ level, message, logger });
        await transport.flush();
        expect(await read()).toEqual(before);
      }),
      { numRuns: effort({ quick: 50, full: 200 }) },
    );
    expect(transport.stats().written).toBeGreaterThan(effort({ quick: 10, full: 50 }));
    const written = await workspace.redis.keys(workspace.key('*'));
    expect(written.filter((key) => !allowed.has(key))).toEqual([]);
  });
});
