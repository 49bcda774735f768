/** winston-redis, the transport of the same name on npm. */

import type TransportStream = require('winston-transport');

import type { Contender, ContenderOptions } from './contender';
import { InstalledPackage } from './installed';

/** The newest client that it works with; its peer dependency asks for an older one still. */
export const WINSTON_REDIS = new InstalledPackage('winston-redis@3.1.0', 'redis@3.1.2');

type WinstonRedis = new (options: object) => TransportStream;

/** It calls back when Redis has answered for a line, so lines queue in winston. */
export function openWinstonRedis({ url }: ContenderOptions): Contender {
  const { hostname: host, port } = new URL(url);
  const Transport = WINSTON_REDIS.require() as WinstonRedis;
  const transport = new Transport({ host, port: Number(port), container: 'recent:app:info', length: 99 });
  let done = 0;
  transport.on('logged', () => done++);
  return { transport, done: () => done, isUnbounded: true };
}
