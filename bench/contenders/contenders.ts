/** All contenders, by the names that the command line takes. */

import type { Contender, ContenderOptions } from './contender';
import type { InstalledPackage } from './installed';
import { openEvalSha, openMulti, openRedisInAction } from './per-line';
import { openPino, openPinoTransport, PINO } from './pino';
import { openRecentCommon } from './recent-common';
import { openConsole, openFile, openNoOp, openStream } from './winston';
import { openWinstonLoki, WINSTON_LOKI } from './winston-loki';
import { openWinstonRedis, WINSTON_REDIS } from './winston-redis';

/** winston with a transport that does nothing: the least that a log call can cost. */
export const NO_OP = 'no-op';
/** This package. */
export const OURS = 'recent-common';

export const CONTENDERS: Readonly<Record<string, (options: ContenderOptions) => Contender | Promise<Contender>>> = {
  [NO_OP]: openNoOp,
  [OURS]: openRecentCommon,
  file: openFile,
  stream: openStream,
  console: openConsole,
  'winston-redis': openWinstonRedis,
  'winston-loki': openWinstonLoki,
  pino: openPino,
  'pino-transport': openPinoTransport,
  multi: openMulti,
  evalsha: openEvalSha,
  'redis-in-action': openRedisInAction,
};

/** The packages of contenders that are installed only for the benchmark. */
export const PACKAGES: Readonly<Record<string, InstalledPackage>> = {
  'winston-redis': WINSTON_REDIS,
  'winston-loki': WINSTON_LOKI,
  pino: PINO,
  'pino-transport': PINO,
};
