/** The way to Redis that everything else is written against, whoever owns the client behind it. */

import type { Script, ScriptArguments } from './script';

/** Runs scripts on Redis. */
export interface Connection {
  /** Whether the keys of one destination must share a hash tag. */
  readonly isCluster: boolean;
  /** @param onUnknown - gives other keys and arguments for a server that does not know the script yet */
  run(script: Script, keys: string[], args: string[], onUnknown?: () => ScriptArguments): Promise<unknown>;
  /**
   * From now on, a connection of our own that owes a reply and gives none for `ms` milliseconds is dropped, so that the next
   * `run` connects anew.
   *
   * @returns ends that
   */
  expectReplies(ms: number): () => void;
  /** How long the last attempt to connect kept the process alive if nobody answered it, in milliseconds; else 0. */
  readonly heldMs: number;
  /** From now on, `run` may take its time to connect. */
  acquire(): void;
  /** Closes a connection of our own, or gives up an attempt. The next `run` connects again, but waits only briefly for it. */
  release(): void;
}
