/** Runs the recipes of examples/recipes, whose packages are installed there and not with the project. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildSync } from 'esbuild';
import { compiledRoot } from './compiled';
import { describeWith } from './requirements';
import { sharedUrl } from './workspace';

export const RECIPES = resolve(__dirname, '../../examples/recipes');

/** `describe` for tests that need the packages of the recipes. */
export const describeWithRecipes = describeWith('recipes');

/** The recipes as an application has them: compiled, beside their packages and this one. */
export class Recipes {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static compile(): Recipes {
    const cache = join(RECIPES, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    const dir = mkdtempSync(join(cache, 'compiled-'));
    buildSync({
      entryPoints: [join(RECIPES, '*.ts')],
      outdir: dir,
      outExtension: { '.js': '.mjs' },
      format: 'esm',
      platform: 'node',
      target: 'node20',
      tsconfig: join(RECIPES, 'tsconfig.json'),
    });
    mkdirSync(join(dir, 'node_modules'));
    symlinkSync(compiledRoot(), join(dir, 'node_modules/winston-redis-recent-common'), 'junction');
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

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
