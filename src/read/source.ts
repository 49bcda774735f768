/** What every read of a reader needs: where to read, and what was read before. */

import type { Connection } from '../redis/connection';
import type { KeySpace } from '../redis/keys';
import type { PatternMemory } from './patterns';

/** Where to read. */
export interface Source {
  readonly connection: Connection;
  readonly space: KeySpace;
  readonly patterns: PatternMemory;
  /** The severities of a logger, if the caller knows them; read from the index if not given. */
  readonly listSeverities?: (name: string) => readonly string[] | undefined;
}
