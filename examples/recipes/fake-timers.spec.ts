/** jest with fake timers: delivery has timers of its own, so log calls arrive, and lines have the time that the test has set. */

import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const transport = new RedisRecentCommonTransport({ keyPrefix: 'recipes:', name: 'jest' });
const logger = winston.createLogger({ transports: [transport] });
const reader = new RecentCommonReader({ keyPrefix: 'recipes:' });

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(async () => {
  jest.useRealTimers();
  reader.close();
  // Jest waits for what is open.
  await transport.close();
});

it('reminds of an unpaid order after a day', async () => {
  const now = Date.now();
  setTimeout(() => logger.info('reminder sent'), 86_400_000);
  jest.advanceTimersByTime(86_400_000);
  await transport.flush();
  const [line] = await reader.recent('jest', 'info');
  expect(line?.message).toBe('reminder sent');
  expect(line?.time.getTime()).toBe(now + 86_400_000);
});
