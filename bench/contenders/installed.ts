/** Packages that are installed only for the benchmark, those of each contender in a folder of its own. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../node_modules/.cache/bench');

/** A package with what it needs beside it, each with its version. The first is the one that is required. */
export class InstalledPackage {
  readonly #folder: string;
  readonly #module: string;
  readonly #packages: readonly string[];

  constructor(...packages: readonly [string, ...string[]]) {
    const name = packages[0].replace(/@[^@]*$/, '');
    this.#folder = join(FOLDER, name);
    this.#module = join(this.#folder, 'node_modules', name);
    this.#packages = packages;
  }

  /** Installs it, unless it is installed. Returns the reason if that fails. */
  install(): string | undefined {
    if (existsSync(this.#module)) return undefined;
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--legacy-peer-deps', '--no-audit', '--no-fund', ...this.#packages];
    try {
      execFileSync('npm', args, { cwd: this.#folder, stdio: 'pipe' });
      return undefined;
    } catch (error) {
      return `npm install failed: ${String(error).split('\n').slice(0, 2).join(' ')}`;
    }
  }

  require(): unknown {
    return require(this.#module);
  }
}
