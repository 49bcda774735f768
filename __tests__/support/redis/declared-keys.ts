/** A client whose user may touch, in each script, nothing but the keys that the script declares. */

import { createClient } from 'redis';
import type { RedisScripter } from '../../../src';
import { makeUser, removeUser, userRules } from './acl';

type Client = ReturnType<typeof createClient>;
type ScriptArguments = Parameters<RedisScripter['eval']>[1];

/** Rights to commands alone, those of both documented users together. */
const COMMANDS = (['writer', 'reader', 'watcher'] as const)
  .flatMap((role) => userRules(role))
  .filter((rule) => rule.startsWith('+'))
  .map((rule) => rule.replace(')', ''));

/**
 * Gives its user the rights to the keys that a script declares before it sends the script, so that the server refuses all
 * others. Dragonfly does so by itself.
 */
export class DeclaredKeysClient implements RedisScripter {
  /** The first line of each script that was run: its purpose. */
  readonly purposes = new Set<string>();
  readonly #admin: Client;
  readonly #client: Client;
  readonly #url: string;
  /** One script at a time: the rights are those of one. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(admin: Client, client: Client, url: string) {
    this.#admin = admin;
    this.#client = client;
    this.#url = url;
  }

  /** Connects to the Redis of `url`, where `admin` makes a user for it. */
  static async connect(admin: Client, url: string): Promise<DeclaredKeysClient> {
    const userUrl = await makeUser(admin, url, ['on', ...COMMANDS]);
    const client: Client = createClient({ url: userUrl, disableClientInfo: true });
    await client.on('error', () => undefined).connect();
    return new DeclaredKeysClient(admin, client, userUrl);
  }

  on(): this {
    return this;
  }

  evalSha(sha1: string, options: ScriptArguments): Promise<unknown> {
    return this.#run(options, () => this.#client.evalSha(sha1, options));
  }

  eval(script: string, options: ScriptArguments): Promise<unknown> {
    this.purposes.add(script.trim().split('\n')[0] as string);
    return this.#run(options, () => this.#client.eval(script, options));
  }

  /** The same as a client of a cluster would be seen. */
  asCluster(): RedisScripter & { readonly slots: [] } {
    return {
      slots: [],
      on: () => this,
      evalSha: (sha1, options) => this.evalSha(sha1, options),
      eval: (script, options) => this.eval(script, options),
    };
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await removeUser(this.#admin, this.#url);
  }

  #run(options: ScriptArguments, send: () => Promise<unknown>): Promise<unknown> {
    const patterns = options.keys.map((key) => `~${key.replace(/[\\*?[\]]/g, '\\$&')}`);
    const { username } = new URL(this.#url);
    const reply = this.#turn.then(async () => {
      await this.#admin.sendCommand(['ACL', 'SETUSER', username, 'resetkeys', ...new Set(patterns)]);
      return send();
    });
    this.#turn = reply.catch(() => undefined);
    return reply;
  }
}
