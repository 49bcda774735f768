/** Encodes commands and parses replies in RESP2, the protocol that every version of Redis speaks. */

import type { ScriptArgument } from '../../redis/script';

/** An error that Redis answered with. */
export class ErrorReply extends Error {
  override name = 'ErrorReply';
}

/** A reply of Redis. */
export type Reply = string | number | null | ErrorReply | Reply[];

/** A reply that is no array, or the header of an array, and where it ends. */
interface Token {
  readonly end: number;
  readonly reply?: Reply;
  /** Length of the array that begins here. */
  readonly items?: number;
}

const LINE_END = '\r\n';
const CARRIAGE_RETURN = 0x0d;

/** Encodes a command. */
export function encodeCommand(parts: readonly ScriptArgument[]): string {
  return [`*${parts.length}`, ...parts.flatMap((part) => [`$${Buffer.byteLength(part)}`, part]), ''].join(LINE_END);
}

/** Parses replies from the chunks in which they arrive. */
export class ReplyParser {
  /** A token whose end has not arrived. */
  #rest: Buffer = Buffer.alloc(0);
  /** The arrays that are not complete, the outermost first. */
  readonly #arrays: { readonly items: Reply[]; readonly length: number }[] = [];

  /**
   * @returns the replies that these bytes complete
   * @throws Error for bytes that are not RESP
   */
  read(bytes: Buffer): Reply[] {
    const buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const replies: Reply[] = [];
    let at = 0;
    for (let token = parseToken(buffer, at); token; token = parseToken(buffer, at)) {
      at = token.end;
      if (token.items) this.#arrays.push({ items: [], length: token.items });
      else this.#add(token.reply ?? null, replies);
    }
    this.#rest = buffer.subarray(at);
    return replies;
  }

  /** Adds to the innermost array. An array that this completes is itself added to the one around it. */
  #add(reply: Reply, replies: Reply[]): void {
    let complete = reply;
    for (let array = this.#arrays.at(-1); array; array = this.#arrays.at(-1)) {
      array.items.push(complete);
      if (array.items.length < array.length) return;
      complete = array.items;
      this.#arrays.pop();
    }
    replies.push(complete);
  }
}

/** Undefined if it does not end within the buffer. */
function parseToken(buffer: Buffer, start: number): Token | undefined {
  const lineEnd = buffer.indexOf(CARRIAGE_RETURN, start);
  if (lineEnd < 0 || lineEnd + 1 === buffer.length) return undefined;
  const end = lineEnd + LINE_END.length;
  const line = buffer.toString('utf8', start + 1, lineEnd);
  const type = String.fromCharCode(buffer[start] as number);
  switch (type) {
    case '+':
      return { end, reply: line };
    case '-':
      return { end, reply: new ErrorReply(line) };
    case ':':
      return { end, reply: Number(line) };
    case '*':
      return Number(line) > 0 ? { end, items: Number(line) } : { end, reply: line === '0' ? [] : null };
    case '$':
      return parseText(buffer, end, Number(line));
    default:
      throw new Error('the server is not Redis');
  }
}

function parseText(buffer: Buffer, start: number, length: number): Token | undefined {
  if (length < 0) return { end: start, reply: null };
  const end = start + length + LINE_END.length;
  return end > buffer.length ? undefined : { end, reply: buffer.toString('utf8', start, start + length) };
}
