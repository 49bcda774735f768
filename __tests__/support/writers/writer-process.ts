/** The program of a writer: logs the lines that are planned, and ends. */

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import winston from 'winston';
import { RedisRecentCommonTransport, type TransportOptions } from '../../../src';
import { plannedLine, type WriterOptions } from './writers';

/** Interval at which it logs the lines that are due. */
const TICK_MS = 5;
/** A busy machine may take long to write the last lines. */
const CLOSE_TIMEOUT_MS = 20_000;

/** The loggers of a process by name, and those that have to be ended. */
interface Loggers {
  readonly byName: ReadonlyMap<string, winston.Logger>;
  readonly roots: readonly winston.Logger[];
  readonly transports: readonly RedisRecentCommonTransport[];
}

function openLoggers({ url, keyPrefix, names, naming }: WriterOptions): Loggers {
  const open = (name: NonNullable<TransportOptions['name']>) => {
    const transport = new RedisRecentCommonTransport({ url, keyPrefix, name, closeTimeoutMs: CLOSE_TIMEOUT_MS });
    transport.on('warn', (warning) => process.stderr.write(`${warning}\n`));
    return { transport, root: winston.createLogger({ level: 'silly', transports: [transport] }) };
  };
  if (naming === 'function') {
    const { transport, root } = open(({ service }) => String(service));
    const byName = new Map(names.map((service) => [service, root.child({ service })]));
    return { byName, roots: [root], transports: [transport] };
  }
  const opened = names.map((name) => ({ name, ...open(name) }));
  return {
    byName: new Map(opened.map(({ name, root }) => [name, root])),
    roots: opened.map(({ root }) => root),
    transports: opened.map(({ transport }) => transport),
  };
}

async function logAll(options: WriterOptions, byName: Loggers['byName']): Promise<void> {
  const began = performance.now();
  for (let index = 0; index < options.lines; await sleep(TICK_MS)) {
    const due = Math.ceil(((performance.now() - began) * options.linesPerSecond) / 1000);
    for (; index < Math.min(due, options.lines); index++) {
      const { name, level, message } = plannedLine(options, index);
      byName.get(name)?.log(level, message);
    }
  }
}

async function main(options: WriterOptions): Promise<void> {
  const { byName, roots, transports } = openLoggers(options);
  await logAll(options, byName);
  await Promise.all(roots.map((root) => once(root.end(), 'finish')));
  const written = transports.reduce((sum, transport) => sum + transport.stats().written, 0);
  if (written !== options.lines) throw new Error(`${written} of ${options.lines} lines written`);
}

void main(JSON.parse(process.argv[2] as string));
