/** Starts, kills and asks servers of a test's own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { type EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../requirements';
import { until } from '../wait';
import { ask } from './ask';
import { SERVER_PROGRAM } from './program';

/** `describe` for tests that start, stop and pause servers. */
export const describeWithServer = describeWith('server');

/** Ports of servers: those and their cluster buses, 10,000 higher, lie below the ports that systems give to outgoing connections. */
const FIRST_PORT = 10_000;
const PORTS = 10_000;

/**
 * A free port of the loopback interface. No outgoing connection takes it while its server is down, not even one to that
 * port, which would then be connected to itself; nor does the server of another test.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, FIRST_PORT + PORTS);
    if ((await isReserved(port)) && (await isUnused(port))) return port;
  }
}

/** Reserves a port among all tests of this machine until this process ends: its UDP port, which no server here uses. */
async function isReserved(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  const isBound = await isFollowedBy(socket, 'listening');
  if (isBound) socket.unref();
  return isBound;
}

async function isUnused(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  if (!(await isFollowedBy(server, 'listening'))) return false;
  server.close();
  await once(server, 'close');
  return true;
}

/** Whether an event comes, and no error. */
function isFollowedBy(emitter: EventEmitter, event: string): Promise<boolean> {
  return once(emitter, event).then(
    () => true,
    () => false,
  );
}

/** Whether a thread of a process goes on, where the system tells: a signal that stops it may take a while, and a reply may come first. */
function mayRun(pid: number): boolean {
  const folder = `/proc/${pid}/task`;
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((thread) => !/\) [TtZX]/.test(readFileSync(join(folder, thread, 'stat'), 'utf8')));
}

/** A redis-server process on the loopback interface, which keeps nothing on disk unless told to. */
export class RedisServer {
  readonly port: number;
  readonly #dir: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;

  private constructor(port: number, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.port = port;
    this.#dir = mkdtempSync(join(tmpdir(), 'redis-'));
    this.#args = args;
    this.#env = env;
  }

  /** Starts a server, with `env` added to the environment, and waits until it answers. */
  static async start({
    args = [],
    env = {},
    port,
  }: {
    args?: readonly string[];
    env?: Readonly<Record<string, string>>;
    port?: number;
  } = {}): Promise<RedisServer> {
    const server = new RedisServer(port ?? (await freePort()), args, env);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts the server again, on its port and in its folder, after `stop` or `kill`. */
  async start(): Promise<void> {
    const listen = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#dir];
    const child = spawn(SERVER_PROGRAM, [...listen, '--save', '', '--appendonly', 'no', ...this.#args], {
      env: { ...process.env, ...this.#env },
      stdio: 'ignore',
    });
    this.#process = child;
    await until(() => {
      if (child.exitCode !== null) throw new Error(`${SERVER_PROGRAM} ended with code ${child.exitCode}`);
      return this.command(['PING']).catch((error: Error) => /NOAUTH|NOPERM/.test(error.message));
    });
  }

  /** Sends a signal: SIGSTOP pauses the server, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal);
    while (signal === 'SIGSTOP' && this.#process?.pid && mayRun(this.#process.pid));
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the server for good and removes its folder. */
  async stop(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Runs one command on a connection of its own. */
  command(args: readonly string[]): Promise<unknown> {
    return ask(this.port, args);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}
