/** winston-loki, which posts lines in batches to Grafana Loki: here to a sink in a process of its own, which only counts them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import type TransportStream = require('winston-transport');

import type { Contender } from './contender';
import { InstalledPackage } from './installed';

export const WINSTON_LOKI = new InstalledPackage('winston-loki@6.1.7');

type WinstonLoki = new (options: object) => TransportStream & { flush(): Promise<void> };

/** Each line is a pair of texts: its time and itself. */
const SINK = `
  let lines = 0;
  const server = require('http').createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    for (const { values } of JSON.parse(body).streams) lines += values.length;
    response.writeHead(204).end();
    process.send(lines);
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.once('disconnect', () => process.exit());`;

/** Batches are as far apart as those of this package. */
export async function openWinstonLoki(): Promise<Contender> {
  const sink: ChildProcess = spawn(process.execPath, ['-e', SINK], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }];
  let done = 0;
  let failure: string | undefined;
  sink.on('message', (lines) => {
    done = lines as number;
  });
  sink.unref();
  sink.channel?.unref();
  const Transport = WINSTON_LOKI.require() as WinstonLoki;
  const transport = new Transport({
    host: `http://127.0.0.1:${port}`,
    json: true,
    interval: 0.01,
    gracefulShutdown: false,
    onConnectionError: (error: unknown) => {
      failure ??= String(error);
    },
  });
  return { transport, done: () => done, isUnbounded: true, failure: () => failure, flush: () => transport.flush() };
}
