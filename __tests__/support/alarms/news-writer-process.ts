/** The program of a `NewsWriter`: logs messages that nobody has logged before, and says so on its standard output. */

import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import winston from 'winston';
import { RedisRecentCommonTransport } from '../../../src';
import { reachRedis } from '../writers/writer-client';
import type { NewsWriterOptions } from './programs';
import { toMessage } from './words';

const { connection, names, first, perSecond, isKilled } = JSON.parse(process.argv[2] as string) as NewsWriterOptions;
/** Messages of a writer that is killed: they are in one batch. */
const MESSAGES_OF_KILLED = 3;
const CLOSE_TIMEOUT_MS = 60_000;
let isLogging = true;

/** Written before the next statement, so that it is known whatever becomes of this process. */
function say(what: 'logged' | 'written', number: number): void {
  writeSync(1, `${what} ${number} ${Number(process.hrtime.bigint()) / 1e6}\n`);
}

async function main(): Promise<void> {
  const transport = new RedisRecentCommonTransport({
    ...(await reachRedis(connection)),
    closeTimeoutMs: CLOSE_TIMEOUT_MS,
    name: ({ service }) => String(service),
  });
  const logger = winston.createLogger({ transports: [transport] });
  // The listener runs as soon as the reply is there: the note of a new message in the index of a cluster comes after it.
  transport.on('logged', ({ number }: { number: number }) => {
    say('written', number);
    if (isKilled) process.kill(process.pid, 'SIGKILL');
  });
  const log = (number: number, name: string | undefined): void => {
    say('logged', number);
    logger.error(toMessage(number), { service: name, number });
  };
  process.on('disconnect', () => (isLogging = false));
  if (isKilled) {
    for (let number = first; number < first + MESSAGES_OF_KILLED; number++) log(number, names[0]);
    return;
  }
  const began = performance.now();
  for (let n = 0; isLogging; await sleep(5)) {
    const due = ((performance.now() - began) * perSecond) / 1000;
    for (; n < due; n++) log(first + n, names[n % names.length]);
  }
  await transport.close();
  process.exit();
}

void main();
