/** All contenders, by the names that the command line takes. */

import type { Contender, ContenderOptions } from './contender';
import { openEvalSha, openMulti, openRedisInAction } from './per-line';
import { openRecentCommon } from './recent-common';
import { openConsole, openFile, openNoOp, openStream } from './winston';
import { openWinstonRedis } from './winston-redis';

/** winston with a transport that does nothing: the least that a log call can cost. */
export const NO_OP = 'no-op';
/** This package. */
export const OURS = 'recent-common';
/** A package that is installed only for the benchmark. */
export const WINSTON_REDIS = 'winston-redis';

export const CONTENDERS: Readonly<Record<string, (options: ContenderOptions) => Contender | Promise<Contender>>> = {
  [NO_OP]: openNoOp,
  [OURS]: openRecentCommon,
  file: openFile,
  stream: openStream,
  console: openConsole,
  [WINSTON_REDIS]: openWinstonRedis,
  multi: openMulti,
  evalsha: openEvalSha,
  'redis-in-action': openRedisInAction,
};
