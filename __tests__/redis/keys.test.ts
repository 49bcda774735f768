import fc from 'fast-check';
import { createClient } from 'redis';
import { OptionsError, toSeverity } from '../../src';
import {
  assertName,
  assertPrefix,
  assertSeverity,
  destinationKeys,
  knownKey,
  knownMember,
  parseKnownMember,
} from '../../src/redis/keys';
import { effort } from '../support/effort';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { StoredLog } from '../support/redis/stored-log';
import { Workspace } from '../support/workspace';

interface Destination {
  readonly name: string;
  readonly severity: string;
}

/** Pieces of keys, and text that could be mistaken for one. */
const PIECES = [
  ...':{}\n\r\0 *?[]\\%"\'\u2028'.split(''),
  ...'{} }{ :: %3A last start pstart seq writers scratch :last :start :pstart :seq :writers :scratch known'.split(' '),
  ...'recent: common: recent:app:info common:app:info:start recent:x app info INFO <other>'.split(' '),
  ...'é e\u0301 😀 ﬀ İ __proto__ constructor'.split(' '),
  "')redis.call('FLUSHALL')--",
];

const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 5 })), {
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
        expect(new Set([...keys, knownKey(space)]).size).toBe(17);
      }),
      { numRuns: effort({ quick: 200, full: 2000 }) },
    );
  });

  it('are found by an index member that gives back the name and the severity', () => {
    fc.assert(
      fc.property(acceptedDestinations(hashTag), ({ name, severity }) => {
        expect(parseKnownMember(knownMember(name, severity))).toEqual({ name, severity });
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
    const redis = createClient({ url: server.url });
    try {
      await redis.on('error', () => undefined).connect();
      await fc.assert(
        fc.asyncProperty(acceptedPrefixes(true), acceptedDestinations(true), async (prefix, { name, severity }) => {
          const keys = Object.values(destinationKeys({ prefix, hashTag: true }, name, severity));
          const slots = await Promise.all(keys.map((key) => redis.clusterKeySlot(key)));
          expect(slots).toEqual(Array(8).fill(slots[0]));
        }),
        { numRuns: effort({ quick: 50, full: 500 }) },
      );
    } finally {
      redis.destroy();
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
