import { randomUUID } from 'node:crypto';
import { createCluster } from 'redis';
import winston from 'winston';
import { logCommon, logRecent, OptionsError, RecentCommonReader, RedisRecentCommonTransport } from '../../src';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { CLIENT_KINDS, type PassedClient } from '../support/redis/client-kinds';
import { type Deployments, startDeployments, stopDeployments } from '../support/redis/deployments';
import { describeWithServer } from '../support/redis/servers';
import { StoredLog } from '../support/redis/stored-log';

const ignoreError = (): void => undefined;
const CLUSTER_KINDS = CLIENT_KINDS.filter(({ deployment }) => deployment === 'cluster');

describeWithServer('passed client', () => {
  let deployments: Deployments;
  let passed: PassedClient;
  let keyPrefix: string;

  beforeAll(async () => {
    deployments = await startDeployments();
  });
  beforeEach(async () => {
    await clearOfTheTurn();
    keyPrefix = `${randomUUID()}:`;
  });
  afterEach(() => passed.close());
  afterAll(() => stopDeployments(deployments));

  describe.each(CLIENT_KINDS)('$title', ({ deployment, connect }) => {
    const keyName = deployment === 'cluster' ? '{app}' : 'app';

    beforeEach(async () => {
      passed = await connect(deployments);
    });

    const storedLog = (severity = 'info'): StoredLog =>
      new StoredLog(deployments[deployment].inspector, keyPrefix, keyName, severity);

    it('stays open and usable after a transport and a reader close', async () => {
      const transport = new RedisRecentCommonTransport({ client: passed.client, keyPrefix });
      const reader = new RecentCommonReader({ client: passed.client, keyPrefix });
      winston.createLogger({ transports: [transport] }).info('before');
      await reader.names();
      await transport.close();
      reader.close();
      await logRecent(passed.client, 'app', 'after', 'info', { keyPrefix });
      expect(await storedLog().texts()).toEqual(['after', 'before']);
    });

    it("gets one 'error' listener, which stays after a transport and a reader close", async () => {
      expect(passed.client.listenerCount('error')).toBe(0);
      const transport = new RedisRecentCommonTransport({ client: passed.client, keyPrefix });
      const reader = new RecentCommonReader({ client: passed.client, keyPrefix });
      expect(passed.client.listenerCount('error')).toBe(1);
      await transport.close();
      reader.close();
      expect(passed.client.listenerCount('error')).toBe(1);
      expect(() => passed.client.emit('error', new Error('connection lost'))).not.toThrow();
    });

    it("gets no 'error' listener if it has one of its own", async () => {
      passed.client.on('error', ignoreError);
      const transport = new RedisRecentCommonTransport({ client: passed.client, keyPrefix });
      expect(passed.client.listeners('error')).toEqual([ignoreError]);
      await transport.close();
      expect(passed.client.listeners('error')).toEqual([ignoreError]);
    });

    it('serves logRecent, which counts nothing, with the severity info by default', async () => {
      await logRecent(passed.client, 'app', 'first', undefined, { keyPrefix });
      await logRecent(passed.client, 'app', 'second', undefined, { keyPrefix });
      expect(await storedLog().texts()).toEqual(['second', 'first']);
      expect(await storedLog().seq()).toBe(2);
      expect(await storedLog().current()).toEqual({});
    });

    it('serves logCommon, which also writes a recent line, with the severity info by default', async () => {
      await logCommon(passed.client, 'app', 'hello', undefined, { keyPrefix });
      await logCommon(passed.client, 'app', 'hello', undefined, { keyPrefix });
      expect(await storedLog().current()).toEqual({ hello: 2 });
      expect(await storedLog().start()).toBe(isoHour());
      expect(await storedLog().texts()).toEqual(['hello', 'hello']);
    });

    it("serves logCommon with the severity numbers of Python's logging", async () => {
      const severities = { 10: 'debug', 20: 'info', 30: 'warning', 40: 'error', 50: 'critical' };
      for (const number of Object.keys(severities).map(Number)) {
        await logCommon(passed.client, 'app', `level ${number}`, number, { keyPrefix });
      }
      for (const [number, severity] of Object.entries(severities)) {
        expect(await storedLog(severity).current()).toEqual({ [`level ${number}`]: 1 });
        expect(await storedLog(severity).texts()).toEqual([`level ${number}`]);
      }
    });

    it('counts each of 300 simultaneous calls of logCommon', async () => {
      const messages = Array.from({ length: 300 }, (_, i) => `message ${i % 3}`);
      const calls = messages.map((message) => logCommon(passed.client, 'app', message, 'info', { keyPrefix }));
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
      expect(await storedLog().current()).toEqual({ 'message 0': 100, 'message 1': 100, 'message 2': 100 });
      expect(await storedLog().seq()).toBe(300);
      expect(await storedLog().texts()).toEqual(messages.slice(-100).reverse());
    });
  });

  describe.each(CLUSTER_KINDS)('$title', ({ connect }) => {
    beforeEach(async () => {
      passed = await connect(deployments);
    });

    it('has all keys of a destination in one slot', async () => {
      await logCommon(passed.client, 'app', 'hello', 'info', { keyPrefix });
      await new StoredLog(deployments.cluster.inspector, keyPrefix, '{app}').backdate(isoHour(1));
      await logCommon(passed.client, 'app', 'hello', 'info', { keyPrefix });
      const recent = ['', ':seq'].map((suffix) => `${keyPrefix}recent:{app}:info${suffix}`);
      const common = ['', ':start', ':last', ':pstart', ':writers'].map(
        (suffix) => `${keyPrefix}common:{app}:info${suffix}`,
      );
      const cluster = createCluster({ rootNodes: deployments.cluster.address.map((url) => ({ url })) });
      await cluster.on('error', ignoreError).connect();
      // Redis refuses a command whose keys are in different slots.
      expect(await cluster.exists([...recent, ...common])).toBe(7);
      cluster.destroy();
    });

    it.each(['{app}', 'a{b', 'a}b'])('refuses the logger name %s', async (name) => {
      const { client } = passed;
      expect(() => new RedisRecentCommonTransport({ client, name })).toThrow(OptionsError);
      await expect(logCommon(client, name, 'hello')).rejects.toThrow(OptionsError);
      await expect(logRecent(client, name, 'hello')).rejects.toThrow(OptionsError);
      await expect(new RecentCommonReader({ client }).recent(name, 'info')).rejects.toThrow(OptionsError);
    });

    it('refuses a key prefix with a brace', async () => {
      const { client } = passed;
      expect(() => new RedisRecentCommonTransport({ client, keyPrefix: 'a{b}' })).toThrow(OptionsError);
      expect(() => new RecentCommonReader({ client, keyPrefix: 'a{b}' })).toThrow(OptionsError);
      await expect(logCommon(client, 'app', 'hello', 'info', { keyPrefix: 'a{b}' })).rejects.toThrow(OptionsError);
    });
  });
});
