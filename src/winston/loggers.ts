/** The loggers that a transport was added to, and which of them made a log call. */

import type { Readable } from 'node:stream';

import type TransportStream = require('winston-transport');

import type { LogInfo } from '../record/log-call';

/** What a transport needs to know of a winston logger. */
export interface Logger extends Readable {
  readonly level?: string;
  readonly levels?: Readonly<Record<string, number>>;
  readonly exitOnError?: unknown;
  readonly writableLength?: number;
  readonly _writableState?: { readonly ending: boolean };
  readonly _readableState?: { readonly ended: boolean };
}

/** Fields of a transport that winston's own bookkeeping fills for the first logger alone. */
interface WinstonFields {
  parent?: Logger | null;
  levels?: Logger['levels'];
}

type Listener = (info: LogInfo) => void;

/** A pipe from a logger: the listener that makes the logger write, and one that runs right before it. */
interface Pipe {
  readonly write: Listener;
  readonly announce: Listener;
}

/**
 * Loggers by their pipes. winston-transport remembers the first, and forgets it for good once it is removed: the level of a
 * logger that is added again, or of a second one, would not count.
 */
export class Loggers {
  readonly #transport: TransportStream & WinstonFields;
  readonly #onLast: () => void;
  readonly #pipes = new Map<Logger, Pipe>();
  /** The log call that is about to be written, and its logger, while several loggers share the transport. */
  #info: LogInfo | undefined;
  #maker: Logger | undefined;
  #isKeeping = false;

  /** @param onLast - called when the last logger has removed the transport */
  constructor(transport: TransportStream, onLast: () => void) {
    this.#transport = transport as TransportStream & WinstonFields;
    this.#onLast = onLast;
    transport.on('pipe', (logger: Logger) => this.#add(logger));
    transport.on('unpipe', (logger: Logger) => this.#remove(logger));
  }

  /** The logger that made a log call; the newest of those that share the transport if the call was written without a logger. */
  find(info: LogInfo): Logger | undefined {
    if (info !== this.#info) return this.#transport.parent ?? undefined;
    this.#info = undefined;
    return this.#maker;
  }

  /** Adds the transport again to all loggers that remove it during an event, except those that have ended. */
  keep<T>(emit: () => T): T {
    const loggers = [...this.#pipes.keys()];
    this.#isKeeping = true;
    try {
      return emit();
    } finally {
      this.#isKeeping = false;
      for (const logger of loggers) {
        // A plain stream of log calls has no writable side.
        const hasEnded = logger._writableState?.ending || logger._readableState?.ended;
        if (!this.#pipes.has(logger) && !hasEnded) logger.pipe(this.#transport);
      }
      if (this.#pipes.size === 0 && loggers.length > 0) this.#onLast();
    }
  }

  #add(logger: Logger): void {
    const announce = (info: LogInfo): void => {
      this.#info = info;
      this.#maker = logger;
    };
    // The pipe has added its listener just now.
    this.#pipes.set(logger, { write: logger.listeners('data').at(-1) as Listener, announce });
    // One logger alone needs no announcements, which would take a fiftieth of the time of its log calls.
    if (this.#pipes.size === 2) for (const each of this.#pipes.keys()) this.#startAnnouncing(each);
    else if (this.#pipes.size > 2) this.#startAnnouncing(logger);
    this.#follow(logger);
  }

  /** Nothing may come between an announcement and its writing: other transports may log through another logger meanwhile. */
  #startAnnouncing(logger: Logger): void {
    const { write, announce } = this.#pipes.get(logger) as Pipe;
    logger.off('data', write).off('data', announce);
    logger.on('data', announce).on('data', write);
  }

  #remove(logger: Logger): void {
    const pipe = this.#pipes.get(logger);
    if (!pipe) return;
    this.#pipes.delete(logger);
    logger.off('data', pipe.announce);
    this.#maker = undefined;
    this.#follow([...this.#pipes.keys()].at(-1));
    if (this.#pipes.size === 0 && !this.#isKeeping) this.#onLast();
  }

  /** winston itself reads these fields, to decide whether to end the process, say. */
  #follow(logger: Logger | undefined): void {
    this.#transport.parent = logger ?? null;
    if (logger) this.#transport.levels = logger.levels;
  }
}
