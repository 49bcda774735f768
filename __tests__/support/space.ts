/** Keys of one test's own, so that the tests of a suite share its Redis and can run at the same time. */

import type { Workspace } from './workspace';

export class Space {
  static #count = 0;
  readonly redis: Workspace['redis'];
  /** Options of the command line program that make it read these keys. */
  readonly options: readonly string[];
  readonly #prefix: string;

  constructor({ redis, url, prefix }: Pick<Workspace, 'redis' | 'url' | 'prefix'>) {
    Space.#count++;
    this.redis = redis;
    this.#prefix = `${prefix}${Space.#count}:`;
    this.options = ['--url', url, '--prefix', this.#prefix];
  }

  key(name: string): string {
    return this.#prefix + name;
  }
}
