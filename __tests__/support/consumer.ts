/** Installs the packed package as its users do, and runs and compiles programs that use it. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = join(__dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const STRICT = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false'];
const NODE_NEXT = ['--module', 'nodenext', '--target', 'es2022', '--types', 'node'];

/** Part of npm's error if it cannot reach its registry. */
const NO_REGISTRY = /\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|E?NETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

interface Manifest {
  readonly name: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** A folder outside the repository, in which the packed package is installed as its users install it. */
export class Consumer {
  readonly #dir: string;
  /** Size of the tarball, in bytes. */
  readonly packedSize: number;
  /** Where the dependencies come from, in words. */
  readonly origin: string;
  readonly #name: string;

  private constructor(dir: string, packedSize: number, origin: string, name: string) {
    this.#dir = dir;
    this.packedSize = packedSize;
    this.origin = origin;
    this.#name = name;
  }

  /** Packs the build, and installs it beside the packages that an application has of its own. */
  static async install(): Promise<Consumer> {
    const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
    const dir = await mkdtemp(join(tmpdir(), 'consumer-'));
    try {
      const tarball = await pack(dir);
      await writeFile(join(dir, 'package.json'), '{ "private": true }');
      const origin = await installByNpm(dir, tarball, manifest).catch((error: Error) => {
        if (!NO_REGISTRY.test(error.message)) throw error;
        return linkDependencies(dir, tarball, manifest);
      });
      return new Consumer(dir, (await stat(tarball)).size, origin, manifest.name);
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Path of the installed package, or of a file in it. */
  path(...parts: string[]): string {
    return join(this.#dir, 'node_modules', this.#name, ...parts);
  }

  /** The files of the package, by their path in it. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.path(), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map(({ parentPath, name }) => join(parentPath, name).slice(this.path().length + 1)).sort();
  }

  /** Runs a JavaScript file of the folder, written first if its text is given. Gives its output. */
  async run(file: string, { text, args = [] }: { text?: string; args?: string[] } = {}): Promise<string> {
    if (text !== undefined) await writeFile(join(this.#dir, file), text);
    const { stdout } = await run(process.execPath, [file, ...args], { cwd: this.#dir, timeout: 20_000 });
    return stdout;
  }

  /** Writes TypeScript files and compiles them strictly, with the types of all libraries. Gives the errors of all. */
  async compile(texts: Readonly<Record<string, string>>): Promise<string> {
    const files = Object.keys(texts);
    for (const file of files) await writeFile(join(this.#dir, file), texts[file] as string);
    const compiled = run(process.execPath, [TSC, ...files, ...STRICT, ...NODE_NEXT], { cwd: this.#dir });
    return compiled.then(
      ({ stdout }) => stdout,
      ({ stdout, message }: { stdout?: string; message: string }) => stdout || message,
    );
  }

  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

async function pack(dir: string): Promise<string> {
  await npm(['pack', '--ignore-scripts', '--pack-destination', dir], ROOT);
  const tarball = (await readdir(dir)).find((file) => file.endsWith('.tgz'));
  if (!tarball) throw new Error('npm pack made no tarball');
  return join(dir, tarball);
}

/** The application's own packages come first: npm reports a peer that is out of reach as a conflict, not as out of reach. */
async function installByNpm(dir: string, tarball: string, { devDependencies }: Manifest): Promise<string> {
  const own = ['winston', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  for (const packages of [own, [tarball]]) {
    const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries', '0'];
    await npm(['install', '--prefix', dir, ...quick, ...packages], dir);
  }
  return 'npm';
}

async function linkDependencies(dir: string, tarball: string, { name, dependencies }: Manifest): Promise<string> {
  const modules = join(dir, 'node_modules');
  await rm(modules, { recursive: true, force: true });
  await mkdir(join(modules, name), { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components', '1', '-C', join(modules, name)]);
  for (const linked of [...Object.keys(dependencies), 'winston', '@types/node']) {
    await mkdir(dirname(join(modules, linked)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', linked), join(modules, linked), 'junction');
  }
  return "this repository's node_modules, since npm reached no registry";
}

function npm(args: string[], cwd: string): Promise<unknown> {
  return run('npm', args, { cwd, shell: process.platform === 'win32', timeout: 150_000 });
}
