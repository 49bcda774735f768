/** What Redis refuses, as it says. */
export class ErrorReply extends Error {
  override name = 'ErrorReply';
}

/** What Redis answers. */
export type Reply = string | number | null | ErrorReply | Reply[];

/** A whole reply or the beginning of an array, and where it ends. */
interface Token {
  readonly end: number;
  readonly reply?: Reply;
  /** Items of the array that begins. */
  readonly items?: number;
}

const LINE_END = '\r\n';
const CARRIAGE_RETURN = 0x0d;

/** A command as Redis reads it. */
export function encodeCommand(parts: readonly string[]): string {
  return [`*${parts.length}`, ...parts.flatMap((part) => [`$${Buffer.byteLength(part)}`, part]), ''].join(LINE_END);
}

/** Puts the replies of Redis together, from what arrives of them. It reads RESP2, which every version speaks. */
export class ReplyParser {
  /** The beginning of a token whose end is still to come. */
  #rest: Buffer = Buffer.alloc(0);
  /** The arrays that have begun, the outermost first. */
  readonly #arrays: { readonly items: Reply[]; readonly length: number }[] = [];

  /**
   * The replies that these bytes complete.
   * @throws Error for what is no reply of Redis
   */
  read(bytes: Buffer): Reply[] {
    const buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const replies: Reply[] = [];
    let at = 0;
    for (let token = tokenAt(buffer, at); token; token = tokenAt(buffer, at)) {
      at = token.end;
      if (token.items) this.#arrays.push({ items: [], length: token.items });
      else this.#add(token.reply ?? null, replies);
    }
    this.#rest = buffer.subarray(at);
    return replies;
  }

  /** To the innermost array, and what that completes to the one around it. */
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

/** Undefined where it does not end within the buffer. */
function tokenAt(buffer: Buffer, start: number): Token | undefined {
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
      return textAt(buffer, end, Number(line));
    default:
      throw new Error('what answers is no Redis');
  }
}

function textAt(buffer: Buffer, start: number, length: number): Token | undefined {
  if (length < 0) return { end: start, reply: null };
  const end = start + length + LINE_END.length;
  return end > buffer.length ? undefined : { end, reply: buffer.toString('utf8', start, start + length) };
}
