/** winston-redis, the transport of the same name on npm, installed in a folder of its own. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type TransportStream = require('winston-transport');

import type { Contender, ContenderOptions } from './contender';

/** The newest client that it works with; its peer dependency asks for an older one still. */
const PACKAGES = ['winston-redis@3.1.0', 'redis@3.1.2'];
const FOLDER = join(__dirname, '../../node_modules/.cache/bench-winston-redis');
const MODULE = join(FOLDER, 'node_modules/winston-redis');

type WinstonRedis = new (options: object) => TransportStream;

/** Installs it, unless it is installed. Returns the reason if that fails. */
export function installWinstonRedis(): string | undefined {
  if (existsSync(MODULE)) return undefined;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--legacy-peer-deps', '--no-audit', '--no-fund', ...PACKAGES];
  try {
    execFileSync('npm', args, { cwd: FOLDER, stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `npm install failed: ${String(error).split('\n').slice(0, 2).join(' ')}`;
  }
}

/** It calls back when Redis has answered for a line, so lines queue in winston. */
export function openWinstonRedis({ url }: ContenderOptions): Contender {
  const { hostname: host, port } = new URL(url);
  const Transport = require(MODULE) as WinstonRedis;
  const transport = new Transport({ host, port: Number(port), container: 'recent:app:info', length: 99 });
  let done = 0;
  transport.on('logged', () => done++);
  return { transport, done: () => done, isUnbounded: true };
}
