/** Checks once, for all suites, which tools the machine has beside Node and what its Redis can do, and skips tests that need more. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isServerChosen, SERVER_PROGRAM } from './redis/program';

const RECIPES = join(__dirname, '../../examples/recipes/node_modules/bullmq');

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const hasProgram = (name: string, ...args: readonly string[]): boolean => spawnSync(name, args).status === 0;

const lacksServer = () => {
  if (hasProgram(SERVER_PROGRAM, '--version')) return undefined;
  return isServerChosen ? `${SERVER_PROGRAM} cannot be run` : 'no redis-server on the PATH';
};

/** For each requirement, why this machine does not meet it; undefined if it does. */
const CHECKS = {
  server: lacksServer,
  'server clock': (): string | undefined => {
    if (process.platform !== 'linux') return 'the clock of a server can be moved on Linux only';
    return lacksServer() ?? (hasProgram('cc', '--version') ? undefined : 'no C compiler on the PATH');
  },
  certificates: () => (hasProgram('openssl', 'version') ? undefined : 'no openssl on the PATH'),
  browser: () => (findBrowser() ? undefined : 'no Chromium on the PATH'),
  terminal: () => (findTerminal() ? undefined : 'neither script of util-linux nor python3 on the PATH'),
  recipes: () => (existsSync(RECIPES) ? undefined : 'npm ci --prefix examples/recipes has not been run'),
  python: () => (hasProgram('python3', '--version') ? undefined : 'no python3 on the PATH'),
} satisfies Record<string, () => string | undefined>;

/** What only some servers have: see `capabilities.ts`. */
export const CAPABILITIES = [
  'users',
  'rights in scripts',
  'RESP 3',
  'TLS',
  'paused writes',
  'replicas for scripts',
  'freed objects',
  'failed calls',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

export type Requirement = keyof typeof CHECKS | Capability;

/** The requirements that this machine does not meet, and why. */
export function missingRequirements(): Partial<Record<Requirement, string>> {
  // Workers have the environment of the process that started them, and need not look again.
  process.env.TEST_MISSING ??= JSON.stringify(
    Object.fromEntries(Object.entries(CHECKS).map(([requirement, check]) => [requirement, check()])),
  );
  return JSON.parse(process.env.TEST_MISSING);
}

/** Adds what the server of the tests cannot do, and why. */
export function addMissing(lacks: Partial<Record<Capability, string>>): void {
  process.env.TEST_MISSING = JSON.stringify({ ...missingRequirements(), ...lacks });
}

export function isMissing(requirement: Requirement): boolean {
  return missingRequirements()[requirement] !== undefined;
}

/** `describe` for tests with requirements. If one is missing, they count as skipped. */
export function describeWith(...requirements: readonly Requirement[]): jest.Describe {
  // Programs that are no tests, such as benchmarks, import modules that define a block as well.
  const block = globalThis.describe as jest.Describe | undefined;
  return (block && requirements.some(isMissing) ? block.skip : block) as jest.Describe;
}

/** `it` for a test with requirements. If one is missing, it counts as skipped. */
export function itWith(...requirements: readonly Requirement[]): jest.It {
  if (!requirements.some(isMissing)) return it;
  return Object.assign(it.skip.bind(undefined), it.skip, { concurrent: it.concurrent.skip });
}

/** Path of a Chromium. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** Which program can run another one in a terminal of its own. */
export function findTerminal(): 'script' | 'python3' | undefined {
  if (String(spawnSync('script', ['--version']).stdout).includes('util-linux')) return 'script';
  return hasProgram('python3', '-c', 'import pty') ? 'python3' : undefined;
}
