/** The program of a `GroupWriter`: logs groups of messages. */

import { once } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import winston from 'winston';
import { RedisRecentCommonTransport } from '../../../src';
import { type GroupWriterOptions, PARTS, partMessage } from './group-writer';

/** Interval at which it logs the groups that are due. */
const TICK_MS = 20;
/** Groups that are logged in one turn of the event loop at full speed. */
const GROUPS_A_TURN = 10;
/** A busy machine may take long to write the last lines. */
const CLOSE_TIMEOUT_MS = 60_000;

let isLogging = true;

function logGroup(logger: winston.Logger, writer: number, group: number): void {
  for (let part = 0; part < PARTS; part++) logger.info(partMessage(group, part), { writer, group });
}

async function logGroups(
  logger: winston.Logger,
  { writer, groups = Infinity, groupsPerSecond }: GroupWriterOptions,
): Promise<number> {
  const began = performance.now();
  let group = 0;
  while (isLogging && group < groups) {
    const passed = (performance.now() - began) / 1000;
    const due = groupsPerSecond === undefined ? group + GROUPS_A_TURN : Math.ceil(passed * groupsPerSecond);
    while (group < Math.min(due, groups)) logGroup(logger, writer, group++);
    await (groupsPerSecond === undefined ? turn() : sleep(TICK_MS));
  }
  return group;
}

async function main(options: GroupWriterOptions): Promise<void> {
  const { url, recentLimit } = options;
  process.stdin.resume().once('end', () => {
    isLogging = false;
  });
  const transport = new RedisRecentCommonTransport({ url, recentLimit, closeTimeoutMs: CLOSE_TIMEOUT_MS });
  const logger = winston.createLogger({ transports: [transport] });
  const groups = await logGroups(logger, options);
  await once(logger.end(), 'finish');
  const { written } = transport.stats();
  if (written !== groups * PARTS) throw new Error(`${written} of ${groups * PARTS} lines written`);
  process.stdout.write(String(groups));
  process.stdin.destroy();
}

void main(JSON.parse(process.argv[2] as string));
