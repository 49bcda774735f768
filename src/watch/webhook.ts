/** Posts alarms to a URL, signed, without following redirects, and in bounded time and memory. */

import { createHmac } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import { assertKnown, HIDDEN, OptionsError, RecentCommonError } from '../errors';
import { type Alarm, type AlarmDigest, withText } from './alarm';

/** Where alarms are posted. */
export interface WebhookOptions {
  /** An `http://` or `https://` URL. User and password in it are sent as basic authentication. */
  readonly url: string | URL;
  /** The key of the signature. Without it, requests are not signed. */
  readonly secret?: string | undefined;
}

/** The rest of a longer reply is not read. */
const MOST_REPLY_BYTES = 16_384;
const KNOWN: Readonly<Record<keyof WebhookOptions, true>> = { url: true, secret: true };

/** An alarm was not taken by the server that it was posted to. Nothing of the URL or the secret is in it. */
class WebhookError extends RecentCommonError {
  override name = 'WebhookError';

  constructor(reason: string) {
    super('webhook', reason);
  }
}

/**
 * Checks where alarms are posted.
 * @throws OptionsError, which shows nothing of the URL, since it may hold a password
 */
export function assertWebhook(webhook: unknown): asserts webhook is WebhookOptions {
  const options = Object(webhook) as Partial<WebhookOptions>;
  assertKnown(options, KNOWN);
  const { url, secret } = options;
  if (!(typeof url === 'string' || url instanceof URL) || !isPostable(String(url))) {
    throw new OptionsError('webhook.url', 'a URL that begins with http:// or https://', HIDDEN);
  }
  if (secret !== undefined && (typeof secret !== 'string' || secret === '')) {
    throw new OptionsError('webhook.secret', 'a text', HIDDEN);
  }
}

function isPostable(url: string): boolean {
  try {
    const { protocol, username, password } = new URL(url);
    decodeURIComponent(username + password);
    return protocol === 'https:' || protocol === 'http:';
  } catch {
    return false;
  }
}

/**
 * Posts an alarm as JSON, with its text as `text`. The headers are `Idempotency-Key`, the id of the alarm; `X-Timestamp`,
 * epoch seconds; and, with a secret, `X-Signature`: `sha256=` and the hexadecimal HMAC-SHA256 of the timestamp, a dot and the
 * body.
 *
 * @throws WebhookError unless the server replies with a status from 200 to 299 in time
 */
export async function postAlarm(webhook: WebhookOptions, alarm: Alarm | AlarmDigest, timeoutMs: number): Promise<void> {
  const url = new URL(String(webhook.url));
  const body = JSON.stringify(withText(alarm));
  // Loaded only if it is needed.
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const signal = AbortSignal.timeout(timeoutMs);
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => reject(new WebhookError(reason));
    const headers = writeHeaders(webhook, alarm.id, body);
    const posting = request({ ...toTarget(url), method: 'POST', headers, agent: false, signal }, (reply) => {
      reply.on('close', () => fail('the reply was cut short'));
      readReply(reply, (bytes) => {
        if (bytes > MOST_REPLY_BYTES) posting.destroy();
        const status = reply.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else fail(`the server replied ${status}${status < 400 ? ', and redirects are not followed' : ''}`);
      });
    });
    posting.on('socket', (socket) => socket.unref());
    posting.on('error', ({ code, name }: NodeJS.ErrnoException) => {
      const isLate = signal.aborted;
      fail(isLate ? `no reply within ${timeoutMs} ms` : `the server cannot be reached (${code ?? name})`);
    });
    posting.end(body);
  });
}

function toTarget({ username, password, hostname, port, pathname, search }: URL): RequestOptions {
  const host = hostname.replace(/^\[|\]$/g, '');
  const target = { host, port, path: pathname + search };
  if (username === '' && password === '') return target;
  return { ...target, auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
}

function writeHeaders({ secret }: WebhookOptions, id: string, body: string): OutgoingHttpHeaders {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'idempotency-key': id,
    'x-timestamp': timestamp,
    ...(secret !== undefined && { 'x-signature': sign(secret, timestamp, body) }),
  };
}

/** The signature of a body that is posted at a time. */
function sign(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Reads a reply, but not what is beyond its bounds. */
function readReply(reply: IncomingMessage, onEnd: (bytes: number) => void): void {
  let bytes = 0;
  reply.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_REPLY_BYTES) onEnd(bytes);
  });
  reply.on('end', () => onEnd(bytes));
}
