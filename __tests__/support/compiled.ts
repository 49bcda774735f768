/** Compiles the programs that tests start, and bundles packages of many files, once for all suites. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = resolve(__dirname, '../..');
const CACHE = join(ROOT, 'node_modules/.cache');
const FILES = ['src/**/*.ts', 'examples/*.ts', 'examples/demo/*.ts', '__tests__/support/**/*.ts'];
/** Programs that are one file each, with all that they import but packages. */
const PROGRAMS = ['__tests__/support/writers/*-process.ts'];
/** Packages of many files, which take most of the time that a suite or a process needs to start. */
const PACKAGES = ['redis', 'redis-4', 'redis-5', 'winston', 'winston-transport'];
/** Parts of packages, and what their bundles have in their place. */
const PARTS = {
  '@redis/client/index.js': "require('redis')",
  'winston-transport/legacy.js': "require('winston-transport').LegacyTransportStream",
};
/** How a process is to find what is built. */
const FOR_NODE = { format: 'cjs', platform: 'node', target: 'node20' } as const;

/**
 * A copy of the repository in JavaScript, with the same layout. A process with this working directory finds `./src`, the
 * packages and the package's own name. To compile all of that in each process, and to load packages file by file, would multiply
 * the time of its start.
 */
export function compiledRoot(): string {
  process.env.TEST_COMPILED_ROOT ??= compile();
  return process.env.TEST_COMPILED_ROOT;
}

/** Inside node_modules, so that packages are found. It is removed when this process ends. */
function compile(): string {
  mkdirSync(CACHE, { recursive: true });
  const dir = mkdtempSync(join(CACHE, 'compiled-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const exports = { '.': './src/index.js', './dashboard': './src/dashboard/index.js' };
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, version, exports }));
  const files = { outbase: ROOT, outdir: dir, ...FOR_NODE };
  buildSync({ ...files, entryPoints: FILES.map((each) => join(ROOT, each)) });
  const programs = { bundle: true, packages: 'external', allowOverwrite: true } as const;
  buildSync({ ...files, ...programs, entryPoints: PROGRAMS.map((each) => join(ROOT, each)) });
  const modules = join(dir, 'node_modules');
  buildSync({
    entryPoints: PACKAGES.map((name) => ({ in: require.resolve(name), out: `${name}/index` })),
    outdir: modules,
    bundle: true,
    external: ['winston-transport'],
    ...FOR_NODE,
  });
  for (const [part, whole] of Object.entries(PARTS)) {
    mkdirSync(dirname(join(modules, part)), { recursive: true });
    writeFileSync(join(modules, part), `module.exports = ${whole};\n`);
  }
  share(modules);
  return dir;
}

/** Puts the bundles where jest.config.ts has suites load them from. Suites of another run may be loading the earlier ones. */
function share(modules: string): void {
  for (const file of [...PACKAGES.map((name) => `${name}/index.js`), ...Object.keys(PARTS)]) {
    const shared = join(CACHE, 'bundles', file);
    mkdirSync(dirname(shared), { recursive: true });
    cpSync(join(modules, file), `${shared}.${process.pid}`);
    renameSync(`${shared}.${process.pid}`, shared);
  }
}
