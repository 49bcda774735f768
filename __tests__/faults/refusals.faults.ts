import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'redis';
import winston from 'winston';
import { RedisRecentCommonTransport } from '../../src';
import { effort } from '../support/effort';
import { setOwnClock, shortenWaits } from '../support/own-clock';
import { makeUser, NOT_PERMITTED, userRules } from '../support/redis/acl';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { describeWith, isMissing, itWith } from '../support/requirements';
import { until } from '../support/wait';
import { expectExactAt } from '../support/writers/balance';
import { type FaultReport, FaultWriter } from '../support/writers/fault-writer';
import { readOutages } from '../support/writers/told-outages';

/** How often what may be missed at first is repeated. */
const TURNS = effort({ quick: 4, full: 20 });
/** Long enough for a busy machine. */
const CLOSE_TIMEOUT_MS = 20_000;

type Admin = ReturnType<typeof createClient>;

/** How to make Redis refuse writes, and take them again. */
interface Refusal {
  begin(admin: Admin): Promise<unknown>;
  end(admin: Admin): Promise<unknown>;
  readonly cause: RegExp;
}

let server: RedisServer;
let admin: Admin;

async function start(...args: readonly string[]): Promise<void> {
  server = await RedisServer.start({ args });
  admin = createClient({ url: server.url, RESP: 2 });
  await admin.connect();
}

async function end(): Promise<void> {
  setOwnClock();
  await FaultWriter.killAll();
  admin.destroy();
  await server.stop();
}

/** The path of the server's snapshot. A folder there keeps it from saving one. */
async function snapshotFile(): Promise<string> {
  return join((await admin.configGet('dir')).dir as string, 'dump.rdb');
}

async function save(): Promise<void> {
  await admin.bgSave();
  await until(async () => /rdb_bgsave_in_progress:0/.test(await admin.info('persistence')));
}

async function readStat(name: string, section: string): Promise<number> {
  return Number(new RegExp(`${name}(\\d+)`).exec(await admin.info(section))?.[1] ?? 0);
}

/** Waits until Redis has acknowledged this many more lines of each writer, and those that it refused before. */
async function acknowledged(writers: readonly FaultWriter[], lines: number): Promise<void> {
  await Promise.all(writers.map((writer) => writer.acknowledged(lines)));
  await Promise.all(writers.map((writer) => until(async () => (await writer.stats()).connected)));
}

const setConfig = (name: string, value: string) => (): Promise<unknown> => admin.configSet(name, value);

const REFUSALS: Record<string, Refusal> = {
  'has no memory left': {
    begin: setConfig('maxmemory', '1'),
    end: setConfig('maxmemory', '0'),
    cause: /(^|[ -])OOM command not allowed/,
  },
  ...(!isMissing('replicas for scripts') && {
    'has too few replicas': {
      begin: setConfig('min-replicas-to-write', '1'),
      end: setConfig('min-replicas-to-write', '0'),
      cause: /(^|[ -])NOREPLICAS Not enough good replicas/,
    },
  }),
  'cannot save its snapshots': {
    begin: async () => {
      mkdirSync(await snapshotFile());
      await save();
    },
    end: async () => {
      rmdirSync(await snapshotFile());
      await save();
    },
    cause: /(^|[ -])MISCONF \w+ is configured to save/,
  },
  'is busy with a script': {
    begin: async () => {
      server.command(['EVAL', 'while true do end', '0']).catch(() => undefined);
    },
    end: () => admin.scriptKill(),
    cause: /^BUSY \w+ is busy running a script/,
  },
  'has too many clients': {
    begin: async () => {
      await admin.configSet('maxclients', '1');
      await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
      await until(() => readStat('rejected_connections:', 'stats'));
    },
    end: setConfig('maxclients', '1000'),
    cause: /closed|ECONNRESET|EPIPE|max number of clients/,
  },
};

describeWithServer('Redis in trouble', () => {
  beforeEach(() => start('--save', '3600', '1', '--lua-time-limit', '20'));
  afterEach(end);

  it(`has every log call once after it ${Object.keys(REFUSALS).join(', then ')}`, async () => {
    const writers = await FaultWriter.startBoth(server.url, { levels: ['info', 'error'] });
    await acknowledged(writers, 100);
    for (const refusal of Object.values(REFUSALS)) {
      const before = await Promise.all(writers.map((writer) => writer.stats()));
      await refusal.begin(admin);
      const refused = (writer: FaultWriter, i: number) => async () =>
        (await writer.stats()).retries >= (before[i]?.retries ?? 0) + 4;
      await Promise.all(writers.map((writer, i) => until(refused(writer, i))));
      await refusal.end(admin);
      await acknowledged(writers, 100);
    }
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    const { lost, late } = await expectExactAt(server.url, reports);
    expect({ lost, late }).toEqual({ lost: 0, late: 0 });
    const outages = Object.values(REFUSALS).map(({ cause }) => ({
      what: 'Redis',
      cause: expect.stringMatching(cause),
    }));
    for (const report of reports) expect(readOutages(report)).toMatchObject(outages);
  });

  it('is sent a script again each time it has forgotten it, and has every log call once', async () => {
    const writers = await FaultWriter.startBoth(server.url, { levels: ['info', 'error'] });
    await acknowledged(writers, 100);
    await admin.configResetStat();
    for (let turn = 0; turn < TURNS; turn++) {
      await admin.scriptFlush();
      await Promise.all(writers.map((writer) => writer.acknowledged(20)));
    }
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    const { retries } = await expectExactAt(server.url, reports);
    expect(retries).toBe(0);
    expect(reports.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(await readStat('cmdstat_eval:calls=', 'commandstats')).toBeGreaterThanOrEqual(TURNS);
  });

  itWith('failed calls')('is sent a script only if it has forgotten it', async () => {
    const writer = await FaultWriter.start({ connection: { url: server.url } });
    await writer.acknowledged(100);
    await admin.configResetStat();
    for (let turn = 0; turn < 3; turn++) {
      await admin.scriptFlush();
      await writer.acknowledged(100);
    }
    await writer.end();
    const sent = await readStat('cmdstat_eval:calls=', 'commandstats');
    expect(sent).toBeGreaterThanOrEqual(3);
    expect(sent).toBe(await readStat('cmdstat_evalsha:.*failed_calls=', 'commandstats'));
  });

  it('has every log call once after it dropped its clients again and again', async () => {
    const writers = await FaultWriter.startBoth(server.url, { levels: ['info', 'error'] });
    for (let turn = 0; turn < TURNS; turn++) {
      await Promise.all(writers.map((writer) => writer.acknowledged(20)));
      await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
    }
    await Promise.all(writers.map((writer) => writer.acknowledged(20)));
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    await expectExactAt(server.url, reports);
    for (const report of reports) {
      // An idle client is connected again before a call fails.
      const outages = readOutages(report);
      expect(outages.length).toBeLessThanOrEqual(TURNS);
      for (const { cause } of outages) expect(cause).toMatch(/closed|ECONNRESET|EPIPE/);
    }
  });
});

describeWithServer('wrong type under a key', () => {
  beforeEach(() => start());
  afterEach(end);

  it('holds up only its own destination, which is written once its keys are free', async () => {
    const junk = ['common:shop:info', 'recent:cart:info:seq', 'common:mail:info:writers'];
    for (const key of junk) await admin.set(key, 'junk');
    const writers = await FaultWriter.startBoth(server.url, { names: ['shop', 'cart', 'mail', 'desk'] });
    await Promise.all(writers.map((writer) => writer.acknowledged(100)));
    for (const writer of writers) expect((await writer.stats()).retries).toBe(junk.length);
    await admin.del(junk);
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    await expectExactAt(server.url, reports);
    for (const report of reports) {
      const outages = readOutages(report).map(({ what, destination, cause }) => `${what} ${destination} ${cause}`);
      expect(outages.sort()).toEqual([
        expect.stringContaining('cart:info cart:info WRONGTYPE recent:cart:info:seq holds no number'),
        expect.stringContaining('mail:info mail:info WRONGTYPE common:mail:info:writers holds a string'),
        expect.stringContaining('shop:info shop:info WRONGTYPE common:shop:info holds a string'),
      ]);
    }
  });
});

describeWith('server', 'users')('command refused in the middle of a batch', () => {
  beforeEach(() => start());
  afterEach(end);

  /** A writer whose user has the rights of a writer, changed by one rule. */
  async function startAs(rule: string): Promise<{ writer: FaultWriter; user: URL }> {
    const user = new URL(await makeUser(admin, server.url, [...userRules('writer'), rule]));
    return { writer: await FaultWriter.start({ connection: { url: user.href }, names: ['shop', 'cart'] }), user };
  }

  /** Expects an exact balance, and one outage reported without the user. Returns the number of lost log calls. */
  async function expectLost(report: FaultReport, user: URL): Promise<number> {
    const { lost, duplicates } = await expectExactAt(server.url, [report]);
    expect(duplicates).toBe(0);
    const outages = readOutages(report);
    expect(outages).toHaveLength(1);
    expect(outages[0]?.cause).toMatch(NOT_PERMITTED);
    for (const secret of [user.username, user.password]) expect(report.warnings.join()).not.toContain(secret);
    return lost;
  }

  it('has no log call counted twice, and the missing ones reported as lost', async () => {
    const { writer, user } = await startAs('+zincrby');
    await writer.acknowledged(300);
    await admin.sendCommand(['ACL', 'SETUSER', user.username, '-zincrby']);
    await until(async () => (await writer.stats()).retries === 2);
    await writer.logged(300);
    await admin.sendCommand(['ACL', 'SETUSER', user.username, '+zincrby']);
    const report = await writer.end();
    const lost = await expectLost(report, user);
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(report.stats.logged - 600);
    expect(report.warnings).toContainEqual(expect.stringMatching(/\d+ log calls of (shop|cart):info may be lost/));
  });

  it('holds back later log calls until it is permitted again, and then has all of them counted', async () => {
    const user = new URL(await makeUser(admin, server.url, userRules('writer')));
    const transport = new RedisRecentCommonTransport({ url: user.href, closeTimeoutMs: CLOSE_TIMEOUT_MS });
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('hello');
    await transport.flush();
    await admin.sendCommand(['ACL', 'SETUSER', user.username, '-zincrby']);
    for (let i = 0; i < 5; i++) logger.info('hello');
    await transport.flush();
    expect(transport.stats()).toMatchObject({ lost: 5, pending: 0, connected: false });
    for (let i = 0; i < 7; i++) logger.info('hello');
    shortenWaits(CLOSE_TIMEOUT_MS);
    await expect(transport.flush()).rejects.toThrow('7 log calls not acknowledged');
    setOwnClock();
    await admin.sendCommand(['ACL', 'SETUSER', user.username, '+zincrby']);
    await transport.close();
    expect(transport.stats()).toMatchObject({ written: 13, lost: 5, connected: true });
    expect(await admin.sendCommand(['ZSCORE', 'common:app:info', 'hello'])).toBe('8');
  });

  it('loses nothing if it is refused from the first batch on', async () => {
    const { writer, user } = await startAs('-zincrby');
    await until(async () => (await writer.stats()).retries === 2);
    await writer.logged(300);
    await admin.sendCommand(['ACL', 'SETUSER', user.username, '+zincrby']);
    expect(await expectLost(await writer.end(), user)).toBe(0);
  });
});
