/** Brings a Redis server in JavaScript, for machines that have no other. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * It is no development dependency, because its packages ask for Node 22 and `npm ci` would warn of that on Node 20, where this
 * version runs as well. npm keeps it in its cache.
 */
const PACKAGE = 'js-redis-server@0.3.0';
const TIMEOUT_MS = 120_000;

/**
 * The program of the server, for Node, downloaded first if npm does not have it yet.
 *
 * @throws an error that says why npm cannot bring it
 */
export function bringEmbeddedServer(): string {
  const folders = runNpm(['exec', '--yes', '--package', PACKAGE, '-c', 'node -p process.env.PATH']).split(delimiter);
  const program = folders.map((folder) => join(folder, '../js-redis-server/dist/cli.js')).find(existsSync);
  if (!program) throw new Error(`npm has brought no ${PACKAGE}`);
  return program;
}

/** Runs npm: the one that runs this program, or the one on the PATH. */
function runNpm(args: readonly string[]): string {
  const { npm_execpath: npm } = process.env;
  const [command, options] = npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
  try {
    return execFileSync(command, options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`npm cannot bring ${PACKAGE}: ${stderr || String(error)}`);
  }
}
