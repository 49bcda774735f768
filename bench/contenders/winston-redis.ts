import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type TransportStream = require('winston-transport');

import type { Contender, Setting } from './contenders';

/** It works with no newer client than this, although its peer dependency asks for one that is older still. */
const PACKAGES = ['winston-redis@3.1.0', 'redis@3.1.2'];
const FOLDER = join(__dirname, '../../node_modules/.cache/bench-winston-redis');
const MODULE = join(FOLDER, 'node_modules/winston-redis');

type WinstonRedis = new (options: object) => TransportStream;

/** Installs winston-redis in a folder of its own, unless it is there. Gives the reason where that fails. */
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

/** It calls back when Redis has answered for a line, so what waits for its turn waits in winston. */
export function openWinstonRedis({ url }: Setting): Contender {
  const { hostname: host, port } = new URL(url);
  const Transport = require(MODULE) as WinstonRedis;
  const transport = new Transport({ host, port: Number(port), container: 'recent:app:info', length: 99 });
  let done = 0;
  transport.on('logged', () => done++);
  return { transport, done: () => done, isUnbounded: true };
}
