/** Chooses the redis-server that tests start: the one of `REDIS_SERVER`, or else that on the PATH. */

import { delimiter, dirname, resolve } from 'node:path';

const { REDIS_SERVER } = process.env;

/** Whether the environment chooses a server. */
export const isServerChosen = Boolean(REDIS_SERVER);

/** The program of a server. With `--sentinel` it is a sentinel. */
export const SERVER_PROGRAM = REDIS_SERVER ? resolve(REDIS_SERVER) : 'redis-server';

/** Lets programs that tests start find the chosen server, and its redis-cli, before those of the machine. */
export function putServerOnPath(): void {
  if (REDIS_SERVER) process.env.PATH = [dirname(SERVER_PROGRAM), process.env.PATH].join(delimiter);
}
