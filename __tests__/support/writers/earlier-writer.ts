/** Logs as versions did that kept nothing beside lines and counts, by the very script that they wrote with. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { destinationKeys, knownKey, knownMember } from '../../../src/redis/keys';

const SCRIPT = readFileSync(join(__dirname, '../../data/earlier-write-script.lua'), 'utf8');
const LINES = 100;
const MESSAGES = 10_000;

/** A client that runs scripts. */
interface Evaluator {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

let batches = 0;

/** Writes one batch with a log call of each message. */
export async function logEarlier(
  client: Evaluator,
  name: string,
  messages: readonly string[],
  severity = 'info',
): Promise<void> {
  const space = { prefix: '', hashTag: false };
  const { recent, seq, common, start, last, pstart, writers, scratch } = destinationKeys(space, name, severity);
  const count = String(messages.length);
  const time = new Date().toISOString();
  await client.eval(SCRIPT, {
    keys: [recent, seq, common, start, last, pstart, writers, scratch, knownKey(space)],
    arguments: [
      ['an earlier writer', String(++batches), count, count, String(LINES), String(MESSAGES), '0', '0'],
      [knownMember(name, severity), '0', '0', count, ...messages.map((message) => `${time} ${message}`)],
      ['0', '-1', count, ...messages.flatMap((message) => [message, '1'])],
    ].flat(),
  });
}
