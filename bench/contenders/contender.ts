/** The interface between a measure and the transport that it measures. */

import type TransportStream = require('winston-transport');

import type { Logger } from '../lib/workloads';

/** Options for opening a contender. */
export interface ContenderOptions {
  readonly url: string;
  /** Whether each line carries its logger name; otherwise all have the default name. */
  readonly isNamed: boolean;
  /** What is counted. */
  readonly commonKey: 'message' | 'pattern';
  /** Folder of the checkout whose build of this package is used. @default this checkout */
  readonly build?: string | undefined;
}

/** A transport to be measured, with winston, or another logger. */
export type Contender = Measured & ({ readonly transport: TransportStream } | { readonly logger: Logger });

/** How far a contender has come. */
interface Measured {
  /** Of the lines logged, how many Redis has acknowledged, or are written. */
  done(logged: number): number;
  /** Whether its queue grows without bound if the application logs faster than it writes. */
  readonly isUnbounded: boolean;
  /** The reason if lines failed. */
  readonly failure?: () => string | undefined;
  /** Writes all pending lines at once. */
  readonly flush?: () => Promise<void>;
  /** Counts the lines that can be read back. If given, it has to equal the number logged. */
  readonly count?: () => Promise<number>;
}
