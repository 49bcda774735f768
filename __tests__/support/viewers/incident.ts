/** The incident of the demo in a Redis of its own, whose clock stands 41 minutes into the hour. */

import { calmHour, incidentHour, type PlacedCall, SHOP } from '../../../examples/demo/incident';
import { parameterize } from '../../../src';
import { ServerClock } from '../redis/server-clock';
import { RedisServer } from '../redis/servers';
import { Workspace } from '../workspace';

/** Minutes of the hour with the incident. */
const MINUTES = 41;

export class SeededIncident {
  readonly workspace: Workspace;
  readonly #server: RedisServer;
  readonly #clock: ServerClock;

  private constructor(workspace: Workspace, server: RedisServer, clock: ServerClock) {
    this.workspace = workspace;
    this.#server = server;
    this.#clock = clock;
  }

  /** Takes a few seconds. */
  static async open(): Promise<SeededIncident> {
    const clock = ServerClock.create();
    const server = await RedisServer.start({ env: clock.env });
    const incident = new SeededIncident(await Workspace.open(server.url), server, clock);
    const before = calmHour();
    before.delete('mailer');
    await incident.#logByMinute(before, -60, 60);
    await incident.#logByMinute(incidentHour(), 0, MINUTES);
    await incident.#dateLines(SHOP);
    return incident;
  }

  get url(): string {
    return this.#server.url;
  }

  async close(): Promise<void> {
    await this.workspace.close();
    await this.#server.stop();
    this.#clock.remove();
  }

  /** Sets the clock to this minute of the current hour. */
  #setIntoHour(minutes: number): void {
    this.#clock.set(minutes * 60 - (Math.floor(Date.now() / 1000) % 3600));
  }

  /** Logs calls in each of some minutes, with transports that do not take their own clock for one that stood still. */
  async #logByMinute(all: ReadonlyMap<string, PlacedCall[]>, from: number, minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      this.#setIntoHour(from + minute + 0.5);
      for (const [name, calls] of all) {
        const own = calls.filter(({ at }) => Math.floor(at * minutes) === minute);
        if (own.length === 0) continue;
        const transport = this.workspace.transport({ name, closeTimeoutMs: 60_000, commonKey: 'pattern' });
        for (const { at: _, ...call } of own) transport.log(call);
        await transport.close();
      }
    }
  }

  /** Gives lines of this hour, which have the time of this machine, the times of their minutes. */
  async #dateLines(name: string): Promise<void> {
    const { redis } = this.workspace;
    const [seconds] = (await redis.sendCommand(['TIME'])) as unknown as [string];
    const date = (line: string, { at }: PlacedCall): string =>
      `${new Date(Number(seconds) * 1000 - (1 - at) * MINUTES * 60_000).toISOString()} ${line.slice(25)}`;
    for (const [severity, calls] of bySeverity(incidentHour().get(name) ?? [])) {
      const list = this.workspace.key(`recent:${name}:${severity}`);
      const lines = await redis.lRange(list, 0, calls.length - 1);
      for (const [i, line] of lines.entries()) await redis.lSet(list, i, date(line, calls.at(-1 - i) as PlacedCall));
      const samples = this.workspace.key(`common:${name}:${severity}:samples`);
      for (const [message, sample] of Object.entries(await redis.hGetAll(samples))) {
        const [hour = '', line = ''] = sample.split(/ (.*)/s);
        const first = calls.find((call) => parameterize(call.message) === message);
        if (first && line !== '') await redis.hSet(samples, message, `${hour} ${date(line, first)}`);
      }
    }
  }
}

function bySeverity(calls: readonly PlacedCall[]): Map<string, PlacedCall[]> {
  const all = new Map<string, PlacedCall[]>();
  for (const call of calls) all.set(call.level, [...(all.get(call.level) ?? []), call]);
  return all;
}
