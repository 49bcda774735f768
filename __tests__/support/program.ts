/** Runs a program that logs in a process of its own, to see how it ends. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { compiledRoot } from './compiled';

/** A program that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that takes longer hangs, and is killed. */
const TIMEOUT_MS = 100_000;

const PREAMBLE = `
  const winston = require('winston');
  const { RedisRecentCommonTransport } = require('./src');
  const openTransport = (options) =>
    new RedisRecentCommonTransport({ url: process.env.URL, keyPrefix: process.env.PREFIX, ...options });
`;

/**
 * Runs a program in a process of its own, with `winston` and `openTransport(options)` at hand, until it ends by itself. Gives no
 * code if it hangs.
 *
 * @param onFirstOutput - is called when the program first prints something
 */
export async function runProgram(
  program: string,
  env: Readonly<Record<string, string>>,
  onFirstOutput: () => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, ['-e', `${PREAMBLE}\n${program}`], {
    cwd: compiledRoot(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stdout.once('data', onFirstOutput);
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
