/** What can go wrong with servers and connections. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '../support/redis/proxy';
import type { RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import type { Random } from './random';

/** A fault that lasts for a while. */
export interface Fault {
  readonly title: string;
  /** Resolves when it is repaired. Rejects if it could not strike, because another fault has struck the server. */
  readonly strike: (random: Random) => Promise<unknown>;
}

type Pick = () => Promise<readonly RedisServer[]>;

async function every(servers: Pick, ...command: readonly string[]): Promise<void> {
  await Promise.all((await servers()).map((server) => server.command(command)));
}

/** A setting that makes a server refuse writes. */
function refusal(title: string, server: RedisServer, setting: string, value: string): Fault {
  return {
    title,
    strike: async (random) => {
      try {
        await server.command(['CONFIG', 'SET', setting, value]);
        await sleep(random.between(50, 800));
      } finally {
        // Another fault may kill the connection of a command, also after it was carried out.
        await until(() => server.command(['CONFIG', 'SET', setting, '0']));
      }
    },
  };
}

/** Faults by commands to the current masters. */
export function commandFaults(servers: Pick): Fault[] {
  return [
    { title: 'CLIENT KILL', strike: () => every(servers, 'CLIENT', 'KILL', 'TYPE', 'normal') },
    { title: 'SCRIPT FLUSH', strike: () => every(servers, 'SCRIPT', 'FLUSH') },
    {
      title: 'CLIENT PAUSE',
      strike: async (random) => {
        const ms = random.between(50, 1500);
        await every(servers, 'CLIENT', 'PAUSE', String(ms));
        await sleep(ms);
      },
    },
  ];
}

export function hang(title: string, pick: (random: Random) => Promise<RedisServer>, mostMs: number): Fault {
  return {
    title,
    strike: async (random) => {
      const server = await pick(random);
      server.signal('SIGSTOP');
      await sleep(random.between(100, mostMs));
      server.signal('SIGCONT');
    },
  };
}

/** Faults of one server whose disk outlives it. */
export function serverFaults(server: RedisServer): Fault[] {
  const kill = async (random: Random): Promise<void> => {
    await server.kill();
    await sleep(random.between(0, 1500));
    await server.start();
  };
  const pick = async (): Promise<RedisServer> => server;
  return [
    { title: 'kill -9', strike: kill },
    hang('SIGSTOP', pick, 2500),
    // Longer than the transport waits for a reply.
    {
      title: 'SIGSTOP, long',
      strike: (random) => (random.next() < 0.2 ? hang('', pick, 14_000).strike(random) : Promise.reject()),
    },
    refusal('OOM', server, 'maxmemory', '1'),
    refusal('NOREPLICAS', server, 'min-replicas-to-write', '1'),
  ];
}

/** Faults of the network between the writers and one server. */
export function networkFaults(proxy: FaultProxy): Fault[] {
  const cut = (random: Random): void => proxy.cut(random.pick(['rst', 'fin']));
  return [
    {
      title: 'reply lost',
      strike: async (random) => {
        proxy.holdReplies();
        await sleep(random.between(20, 200));
        cut(random);
      },
    },
    {
      title: 'request late',
      strike: async (random) => {
        proxy.holdRequests();
        await sleep(random.between(20, 200));
        cut(random);
        await sleep(random.between(50, 1500));
        proxy.release();
      },
    },
    { title: 'connections cut', strike: async (random) => cut(random) },
    {
      title: 'connections refused',
      strike: async (random) => {
        proxy.refuse();
        cut(random);
        await sleep(random.between(50, 800));
        await proxy.accept();
      },
    },
    {
      title: 'slow network',
      strike: async (random) => {
        proxy.delay(random.between(5, 100));
        await sleep(random.between(200, 1500));
        proxy.delay(0);
      },
    },
  ];
}
