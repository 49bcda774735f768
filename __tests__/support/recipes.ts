/** Runs the recipes of examples/recipes, whose packages are installed there and not with the project. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { transformFileSync } from '@swc/core';
import { buildSync } from 'esbuild';
import { compiledRoot } from './compiled';
import { freePort } from './redis/servers';
import { describeWith } from './requirements';
import { until } from './wait';
import { sharedUrl } from './workspace';

const ROOT = resolve(__dirname, '../..');

export const RECIPES = join(ROOT, 'examples/recipes');

/** `describe` for tests that need the packages of the recipes. */
export const describeWithRecipes = describeWith('recipes');

/** The recipes as an application has them: compiled, beside their packages and this one. */
export class Recipes {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static compile(): Recipes {
    const dir = mkdtempSync(join(mkdirs(RECIPES, 'node_modules/.cache'), 'compiled-'));
    buildSync({
      entryPoints: [join(RECIPES, '*.ts')],
      outdir: dir,
      outExtension: { '.js': '.mjs' },
      format: 'esm',
      platform: 'node',
      target: 'node20',
      tsconfig: join(RECIPES, 'tsconfig.json'),
    });
    const modules = mkdirs(dir, 'node_modules');
    symlinkSync(compiledRoot(), join(modules, 'winston-redis-recent-common'), 'junction');
    return new Recipes(dir);
  }

  /** Runs a recipe to its end. Gives what it printed. Fails if it ends with another code than 0, or prints an error. */
  run(recipe: string): Promise<string> {
    return this.node([`${recipe}.mjs`]);
  }

  /** Runs a program in the folder of the recipes. */
  async node(args: readonly string[], { mayPrintErrors = false } = {}): Promise<string> {
    const child = spawn(process.execPath, args, {
      cwd: this.#dir,
      env: { ...process.env, NODE_NO_WARNINGS: '1', REDIS_URL: sharedUrl() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    if (child.exitCode !== 0 || (errors && !mayPrintErrors))
      throw new Error(`code ${child.exitCode}: ${errors}${output}`);
    return output;
  }

  /** Where the compiled file of a recipe is. */
  path(recipe: string): string {
    return join(this.#dir, `${recipe}.mjs`);
  }

  /** Starts Next.js with one of the recipes as the route of a path, and gives its origin to `use`. */
  async serveByNext(
    recipe: string,
    path: string,
    env: Readonly<Record<string, string>>,
    use: (origin: string) => Promise<void>,
  ): Promise<void> {
    // Next.js compiles nothing below a node_modules. It reads no file outside of its root.
    const app = mkdtempSync(join(mkdirs(RECIPES, 'coverage'), 'next-'));
    // It reads some exports without running them, in the form that they have in the source.
    const { code } = transformFileSync(join(RECIPES, `${recipe}.ts`), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    });
    writeFileSync(join(mkdirs(app, 'app', path), 'route.js'), code);
    copyBuild(app);
    const config = { turbopack: { root: ROOT } };
    // So that it does not take the paths of this repository's tsconfig.json.
    writeFileSync(join(app, 'jsconfig.json'), '{}');
    writeFileSync(join(app, 'next.config.mjs'), `export default ${JSON.stringify(config)};\n`);
    const port = await freePort();
    const next = join(RECIPES, 'node_modules/next/dist/bin/next');
    const server = spawn(process.execPath, [next, 'dev', '-H', '127.0.0.1', '-p', String(port)], {
      cwd: app,
      detached: true,
      env: { ...process.env, ...env, NEXT_TELEMETRY_DISABLED: '1', REDIS_URL: sharedUrl() },
      stdio: 'ignore',
    });
    const ended = once(server, 'exit');
    try {
      const origin = `http://127.0.0.1:${port}`;
      await until(async () => (await fetch(`${origin}/${path}`)).status, 100_000);
      await use(origin);
    } finally {
      // It has started others.
      process.kill(-(server.pid as number), 'SIGKILL');
      await ended;
      rmSync(app, { recursive: true, force: true });
    }
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** Makes a folder, and gives its path. */
function mkdirs(...parts: readonly string[]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Puts the build of this package into the packages of a folder: Next.js bundles it as it is published. */
function copyBuild(dir: string): void {
  const copy = mkdirs(dir, 'node_modules/winston-redis-recent-common');
  for (const part of ['dist', 'package.json']) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
}
