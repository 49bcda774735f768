/** Lets log calls bypass the stream queue of a winston transport. */

import TransportStream = require('winston-transport');

type Done = (error?: Error | null) => void;

const ENCODING = 'utf8';
const ignore = (): void => undefined;

/**
 * A winston transport whose `log` calls back before it returns, and never with an error, so that nothing has to wait in the
 * queue of its stream. Log calls bypass that queue, which adds a task of the event loop for each: an eighth of the time of a
 * log call.
 */
export abstract class DirectTransport extends TransportStream {
  /** Takes in one log call at once. winston's logger calls this with the log call alone. */
  override write(info: unknown, encoding?: BufferEncoding | Done, callback?: Done): boolean {
    const isPlain = encoding === undefined && callback === undefined && info !== null;
    const isNext = this.writable && !this.destroyed && this.writableLength === 0;
    if (!isPlain || !isNext) {
      return super.write(info, encoding as BufferEncoding, callback);
    }
    this._write(info, ENCODING, ignore);
    return true;
  }
}
