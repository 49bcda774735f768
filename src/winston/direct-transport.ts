/** The stream that a winston transport is: takes log calls past its queue, and judges each by the logger that made it. */

import TransportStream = require('winston-transport');

import { atOnce } from '../record/at-once';
import { type LogInfo, readLevel, withoutText, withText } from '../record/log-call';
import { Echoes } from './echoes';
import { type Logger, Loggers } from './loggers';

type Done = (error?: Error | null) => void;
type Options = TransportStream.TransportStreamOptions;
type Listening = Parameters<TransportStream['on']>;

const ignore = (): void => undefined;

/** The state of a stream of readable-stream, which winston uses: it has few of the properties by which Node's streams tell it. */
function state(stream: object): Readonly<{ corked: number; ending: boolean; finished: boolean; destroyed: boolean }> {
  return (stream as { _writableState: ReturnType<typeof state> })._writableState;
}

/**
 * A winston transport whose `log` calls back before it returns, and never with an error, so that nothing has to wait in the
 * queue of its stream. Log calls bypass that queue, which adds a task of the event loop for each: an eighth of the time of a
 * log call. It never emits an `'error'`, and takes log calls after its end, too: any number of loggers may share it.
 */
export abstract class DirectTransport extends TransportStream {
  readonly #loggers: Loggers;
  /** None without functions in the options: asking about each log call takes a thirtieth of its time. */
  #echoes: Echoes | undefined;
  /** Whether anybody has listened for `'logged'` so far: counting listeners takes a twentieth of the time of a log call. */
  #hasBeenHeard = false;

  constructor({ level, format, silent, handleExceptions, handleRejections }: Options) {
    // An option of any other name would become a property of the stream, such as its `log` or `close`.
    const options = { level, format, silent, handleExceptions, handleRejections };
    super(options as Options);
    // A logger adds several listeners.
    this.setMaxListeners(0);
    this.#loggers = new Loggers(this, () => void this.close());
    if (format) this.#echoes = new Echoes();
  }

  abstract override log(info: LogInfo, callback?: () => void): void;
  abstract override close(): unknown;

  /** Counts a log call that cannot be logged. */
  protected abstract drop(error: unknown): void;
  /** The format of this transport failed for a log call, which is logged as without it. */
  protected abstract onFormatError(error: unknown): void;

  /**
   * The same option; if it is a function, one by which the log calls that it makes are told.
   * @internal
   */
  protected withoutEchoes<Option>(option: Option): Option {
    if (typeof option !== 'function') return option;
    const called = option as unknown as (info: LogInfo) => unknown;
    const echoes = (this.#echoes ??= new Echoes());
    return ((info: LogInfo) => echoes.call(called, info)) as Option;
  }

  /** Takes in one log call at once. winston's loggers call this with the log call alone. */
  override write(info: unknown, encoding?: BufferEncoding | Done, callback?: Done): boolean {
    const isPlain = encoding === undefined && callback === undefined && typeof info === 'object' && info !== null;
    if (isPlain && this.writableLength === 0 && state(this).corked === 0) {
      this.#take(info as LogInfo);
      return true;
    }
    return this.#writeInOrder(info, encoding, callback);
  }

  /** A stream finishes once. Each logger that ends this transport waits for a `'finish'` of its own, though. */
  override end(...args: unknown[]): this {
    if (!state(this).finished) super.end(...(args as []));
    else {
      const [info] = args;
      if (info !== undefined && info !== null && typeof info !== 'function') this.write(info);
      void Promise.resolve(this.close()).then(() => this.emit('finish'));
    }
    return this;
  }

  /** Loggers let go of a stream that has finished. Those that log on keep this one. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const emit = (): boolean => super.emit(event, ...args);
    return event === 'finish' ? this.#loggers.keep(emit) : emit();
  }

  /** @internal `once` and the like add their listeners by one of these three; the stream, before this class has its fields. */
  override on(...[event, listener]: Listening): this {
    if (event === 'logged') this.#hasBeenHeard = true;
    return super.on(event, listener);
  }

  /** @internal */
  override addListener(...[event, listener]: Listening): this {
    if (event === 'logged') this.#hasBeenHeard = true;
    return super.addListener(event, listener);
  }

  /** @internal */
  override prependListener(...[event, listener]: Listening): this {
    if (event === 'logged') this.#hasBeenHeard = true;
    return super.prependListener(event, listener);
  }

  /** @internal Whether anybody listens for `'logged'`. */
  protected get isHeard(): boolean {
    return this.#hasBeenHeard && this.listenerCount('logged') > 0;
  }

  /** The stream would emit the error that it is destroyed with, or that of what it holds, and end a process that does not listen. */
  override destroy(_error?: Error): this {
    while (state(this).corked > 0) this.uncork();
    return super.destroy();
  }

  /** Takes in a log call that waited in the queue of the stream. The stream calls this. */
  override _write(info: LogInfo, _encoding: BufferEncoding, callback: Done): void {
    this.#take(info);
    callback();
  }

  /** The same for several. */
  override _writev(chunks: { chunk: LogInfo }[], callback: Done): void {
    for (const { chunk } of chunks) this.#take(chunk);
    callback();
  }

  /** A log call with a callback, or one that others wait before. The stream takes none after its end. */
  #writeInOrder(info: unknown, encoding?: BufferEncoding | Done, callback?: Done): boolean {
    const done = typeof encoding === 'function' ? encoding : callback;
    const isUsable = typeof info === 'object' && info !== null;
    if (!isUsable) this.drop(new TypeError(`expected an object, got ${info === null ? 'null' : typeof info}`));
    const { ending, destroyed } = state(this);
    if (isUsable && !ending && !destroyed) return super.write(info, encoding as BufferEncoding, callback);
    if (isUsable) this.#take(info as LogInfo);
    if (done) process.nextTick(done);
    return true;
  }

  #take(info: LogInfo): void {
    try {
      this.#takeReadable(info);
    } catch (error) {
      this.drop(error);
    }
  }

  #takeReadable(info: LogInfo): void {
    if (this.silent || (info.exception === true && !this.handleExceptions)) return;
    // The format of a logger must not be async: winston hands over its promise as the log call.
    if (info instanceof Promise) void atOnce(info);
    const logger = this.#loggers.find(info);
    const isEcho = this.#echoes?.has(logger);
    if (!this.#accepts(info, logger)) return;
    if (isEcho) throw new Error('a function of the options made it, which would be called for it again');
    const formatted = this.format ? this.#format(info) : info;
    if (formatted) this.log(formatted, ignore);
  }

  /** winston's rule: a level of the transport comes before that of the logger, and both are among the logger's levels. */
  #accepts(info: LogInfo, logger: Logger | undefined): boolean {
    const level = this.level || logger?.level;
    if (!level || !logger?.levels) return true;
    const { levels } = logger;
    return (levels[level] as number) >= (levels[readLevel(info)] as number);
  }

  /** Undefined if the format leaves the log call out. One that it fails for is logged as without it. */
  #format(info: LogInfo): LogInfo | undefined {
    try {
      const copy = Object.assign({}, info) as Parameters<NonNullable<Options['format']>['transform']>[0];
      const transform = (each: typeof copy) => this.format?.transform(each, this.format.options);
      const formatted = this.#echoes ? this.#echoes.call(transform, copy) : transform(copy);
      return formatted ? withText(formatted as LogInfo) : undefined;
    } catch (error) {
      this.onFormatError(error);
      return withoutText(info);
    }
  }
}
