/** Compiles the programs that tests start, once for all suites. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = resolve(__dirname, '../..');
const FILES = ['src/**/*.ts', 'examples/*.ts', 'examples/demo/*.ts', '__tests__/support/**/*.ts'];
/** Packages of hundreds of files, which take most of the time that a process needs to start. */
const BUNDLED = ['redis', 'winston'];

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
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'compiled-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const exports = { '.': './src/index.js', './dashboard': './src/dashboard/index.js' };
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, version, exports }));
  buildSync({
    entryPoints: FILES.map((files) => join(ROOT, files)),
    outbase: ROOT,
    outdir: dir,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
  });
  buildSync({
    entryPoints: BUNDLED.map((name) => ({ in: require.resolve(name), out: `${name}/index` })),
    outdir: join(dir, 'node_modules'),
    bundle: true,
    external: ['winston-transport'],
    format: 'cjs',
    platform: 'node',
    target: 'node20',
  });
  return dir;
}
