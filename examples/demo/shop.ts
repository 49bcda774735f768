/** The web shop of the demo: fills the last two hours of its loggers, and goes on logging, at first without an incident. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, calmHour, outbreak, type PlacedCall, SHOP } from './incident';
import { goBack } from './past';

const HOUR_MS = 3_600_000;
/** The clock of Redis may differ from that of this process, and it keeps no third hour. */
const MARGIN_MS = 60_000;
/** How long the log calls of {@link outbreak} take. Then they begin again. */
const OUTBREAK_MS = 8000;
const TICK_MS = 100;

/** Makes a log call. */
export type Log = (name: string, call: Call) => void;

/** Logs this hour up to now and the hour before, as if the shop had run all the time. */
export function fillLastHours(log: Log): void {
  const now = Date.now();
  const hourStart = now - (now % HOUR_MS);
  for (const start of [hourStart - HOUR_MS, hourStart]) {
    for (const [name, calls] of calmHour()) {
      for (const { at, ...call } of calls) {
        const time = start + at * HOUR_MS;
        if (time > now || time < hourStart - HOUR_MS + MARGIN_MS) continue;
        goBack(now - time);
        log(name, call);
      }
    }
  }
  goBack(0);
}

/** When the incident begins, who is told, and what ends the shop. */
export interface Course {
  readonly calmMs: number;
  readonly onIncident: () => void;
  readonly signal: AbortSignal;
}

/** Logs as the shop does, without an incident at first and with it afterwards, until the signal. */
export async function runShop(log: Log, { calmMs, onIncident, signal }: Course): Promise<void> {
  const began = performance.now();
  const calm = [...calmHour()].map(([name, calls]) => new Stretch(name, calls, HOUR_MS));
  const incident = new Stretch(SHOP, outbreak(), OUTBREAK_MS);
  let hasBegun = false;
  while (!signal.aborted) {
    const ms = performance.now() - began;
    for (const stretch of calm) stretch.logUntil(ms, log);
    if (ms >= calmMs && !hasBegun) {
      hasBegun = true;
      onIncident();
    }
    if (hasBegun) incident.logUntil(ms - calmMs, log);
    await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Log calls that take a while, and then begin again. */
class Stretch {
  readonly #name: string;
  readonly #calls: readonly PlacedCall[];
  readonly #ms: number;
  #logged = 0;

  constructor(name: string, calls: readonly PlacedCall[], ms: number) {
    this.#name = name;
    this.#calls = calls;
    this.#ms = ms;
  }

  /** Logs what is due after so many milliseconds and has not been logged yet. */
  logUntil(ms: number, log: Log): void {
    for (;;) {
      const rounds = Math.floor(this.#logged / this.#calls.length);
      const { at, ...call } = this.#calls[this.#logged % this.#calls.length] as PlacedCall;
      if ((rounds + at) * this.#ms > ms) return;
      this.#logged++;
      log(this.#name, call);
    }
  }
}
