/** A server for the option `webhook`: it takes alarms that are signed, and each of them once. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Alarm, AlarmDigest } from 'winston-redis-recent-common';

const MOST_BYTES = 4_000_000;
/** An older request may be a copy of one that was overheard. */
const OLDEST_SECONDS = 300;
/** Ids that are remembered, in this process. Several processes of one receiver share them, in Redis say. */
const MOST_KNOWN = 10_000;

/** An alarm as it comes: times are texts, and `text` is a line of plain text. */
type Received = (Alarm | AlarmDigest) & { readonly text: string };

/** Whether a body was signed with the secret, in the last minutes. */
export function isGenuine(secret: string, { headers }: Pick<IncomingMessage, 'headers'>, body: Buffer): boolean {
  const timestamp = String(headers['x-timestamp']);
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= OLDEST_SECONDS)) return false;
  const expected = `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
  const received = Buffer.from(String(headers['x-signature']));
  return received.length === expected.length && timingSafeEqual(received, Buffer.from(expected));
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Takes alarms, for `http.createServer`.
 *
 * @param onAlarm - is called once for each alarm; if it rejects, the alarm comes again
 */
export function createReceiver(secret: string, onAlarm: (alarm: Received) => Promise<void>): RequestListener {
  const known = new Set<string>();
  const receive = async (request: IncomingMessage): Promise<number> => {
    const body = await readBody(request);
    if (!body) return 413;
    if (!isGenuine(secret, request, body)) return 401;
    // The id in the body is signed; that in the header `Idempotency-Key`, which is the same, is not.
    const alarm = JSON.parse(body.toString()) as Received;
    if (known.has(alarm.id)) return 200;
    await onAlarm(alarm);
    known.add(alarm.id);
    const [oldest] = known;
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    return 204;
  };
  return (request, response) => {
    void receive(request)
      .catch(() => 500)
      .then((status) => response.writeHead(status).end());
  };
}
