/** Starts one sentinel, and queries its view of the master. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from './ask';
import { SERVER_PROGRAM } from './program';
import { freePort } from './servers';

/** The master that sentinels watch. */
export interface Watched {
  /** Their name for the master. */
  readonly name: string;
  readonly masterPort: number;
  /** Sentinels that have to agree that the master is down. */
  readonly quorum: number;
}

/** One sentinel, in a process of its own. */
export class SentinelProcess {
  readonly port: number;
  readonly #name: string;
  readonly #stop: () => Promise<void>;

  private constructor(port: number, name: string, stop: () => Promise<void>) {
    this.port = port;
    this.#name = name;
    this.#stop = stop;
  }

  /** A sentinel keeps its state in its configuration file, so it needs one. */
  static async start(watched: Watched): Promise<SentinelProcess> {
    const port = await freePort();
    const dir = mkdtempSync(join(tmpdir(), 'redis-sentinel-'));
    const file = join(dir, 'sentinel.conf');
    writeFileSync(file, sentinelConfig(port, dir, watched));
    const child = spawn(SERVER_PROGRAM, [file, '--sentinel'], { stdio: 'ignore' });
    return new SentinelProcess(port, watched.name, async () => {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
      rmSync(dir, { recursive: true, force: true });
    });
  }

  /** The port of the master, as this sentinel sees it. */
  async masterPort(): Promise<number> {
    const [, port] = (await this.#ask('GET-MASTER-ADDR-BY-NAME')) as string[];
    return Number(port);
  }

  /** Whether it knows this number of replicas and of other sentinels. */
  async knows({ replicas, sentinels }: { replicas: number; sentinels: number }): Promise<boolean> {
    const reply = (await this.#ask('MASTER')) as string[];
    const field = (name: string): number => Number(reply[reply.indexOf(name) + 1]);
    return field('num-slaves') === replicas && field('num-other-sentinels') === sentinels;
  }

  /** Makes it promote the replica without asking the other sentinels. */
  async failover(): Promise<void> {
    await this.#ask('FAILOVER');
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  #ask(question: string): Promise<unknown> {
    return ask(this.port, ['SENTINEL', question, this.#name]);
  }
}

function sentinelConfig(port: number, dir: string, { name, masterPort, quorum }: Watched): string {
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor ${name} 127.0.0.1 ${masterPort} ${quorum}`,
    `sentinel down-after-milliseconds ${name} 3000`,
    `sentinel failover-timeout ${name} 5000`,
  ];
  return `${lines.join('\n')}\n`;
}
