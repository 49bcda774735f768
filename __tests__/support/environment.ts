/** The environment of each suite, which leaves nothing behind in the process that runs the next one. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';

/** Storages in use. jest opens one in each suite and never closes it, and Node 20 and 22 hand all of them on with each promise. */
const storages = new Set<AsyncLocalStorage<unknown>>();
const prototype: Pick<AsyncLocalStorage<unknown>, 'run'> = AsyncLocalStorage.prototype;
const run: unknown = Reflect.get(prototype, 'run');
prototype.run = function (this: AsyncLocalStorage<unknown>, ...args: unknown[]) {
  storages.add(this);
  return Reflect.apply(run as () => unknown, this, args);
};

export default class extends TestEnvironment {
  override async teardown(): Promise<void> {
    await super.teardown();
    for (const storage of storages) storage.disable();
    storages.clear();
  }
}
