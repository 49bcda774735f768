/** Receives alarms over HTTP, and fails half of the time: with and without having taken the alarm. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Alarm, AlarmDigest } from '../../../src';
import { toNumber } from './words';

/** An alarm as it was received. */
export interface Received {
  readonly id: string;
  readonly kind: string;
  /** When it first came, by the monotonic clock of the machine. */
  readonly atMs: number;
  /** How often it was taken, also if the sender was told otherwise. */
  times: number;
}

/** A receiver of alarms, by the number of the message. */
export class AlarmSink {
  readonly received = new Map<number, Received>();
  /** What is wrong with the alarms, in words. */
  readonly problems: string[] = [];
  /** Replies of 500 to alarms that were taken, and to others. */
  failedAfter = 0;
  failedBefore = 0;
  /** A number from 0 to 1 for each alarm: below a quarter it is not taken, below a half its sender is not told that it was. */
  #next: () => number;
  readonly #server: Server;

  private constructor(next: () => number) {
    this.#next = next;
    this.#server = createServer((request, response) => {
      void this.#take(request).then((isTaken) => response.writeHead(isTaken ? 204 : 500).end());
    });
  }

  /** @param next - gives random numbers of at least 0 and below 1 */
  static async start(next: () => number): Promise<AlarmSink> {
    const sink = new AlarmSink(next);
    sink.#server.listen(0, '127.0.0.1');
    await once(sink.#server, 'listening');
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** From now on each alarm is taken. */
  heal(): void {
    this.#next = () => 1;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<boolean> {
    const body = JSON.parse(await text(request)) as Alarm | AlarmDigest;
    const draw = this.#next();
    if (draw < 0.25) {
      this.failedBefore++;
      return false;
    }
    for (const alarm of body.kind === 'digest' ? body.alarms : [body]) this.#note(alarm);
    if (draw < 0.5) this.failedAfter++;
    return draw >= 0.5;
  }

  #note({ id, kind, message = '' }: Alarm): void {
    const number = toNumber(message);
    const before = number === undefined ? undefined : this.received.get(number);
    if (number === undefined || kind !== 'new') this.problems.push(`${kind} of ${JSON.stringify(message)}`);
    else if (before && before.id !== id) this.problems.push(`${message} has two ids: ${before.id} and ${id}`);
    else if (before) before.times++;
    else this.received.set(number, { id, kind, atMs: Number(process.hrtime.bigint()) / 1e6, times: 1 });
  }
}
