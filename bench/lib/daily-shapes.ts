/** Rates of messages over a week, as services have them that nothing is wrong with. */

import type { Random } from '../../__tests__/chaos/random';
import { normal } from './random';

const HOUR = 60;
const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** How the rate of a message goes up and down. */
export interface Shape {
  readonly title: string;
  /** The rate in each minute of the week, as a factor of its mean, of one message or of all messages of a logger. */
  readonly draw: (random: Random) => number[];
}

/** Saturday and Sunday are the last days of the week. */
function isWeekend(minute: number): boolean {
  return minute >= 5 * DAY;
}

/** At three in the afternoon ten times as much as at three at night. */
function wave(minute: number): number {
  return 10 ** (0.5 * Math.sin((2 * Math.PI * (minute - 9 * HOUR)) / DAY));
}

/** It grows from a tenth from eight to ten, and shrinks to that from five to seven in the evening; less at lunch and at weekends. */
function officeHours(minute: number): number {
  const hour = (minute % DAY) / HOUR;
  if (isWeekend(minute)) return 0.1;
  const open = Math.min(Math.max((hour - 8) / 2, 0), Math.max((19 - hour) / 2, 0), 1);
  const lunch = hour >= 12 && hour < 13 ? 0.6 : 1;
  return 0.1 + 0.9 * open * lunch;
}

/** Factors that each stretch of minutes has of its own, with a standard deviation of 30 % of the logarithm. */
function wobble(random: Random, minutes: number): number[] {
  let factor = 1;
  return Array.from({ length: WEEK }, (_, minute) => {
    if (minute % minutes === 0) factor = Math.exp(0.3 * normal(random));
    return factor;
  });
}

function drawn(rate: (minute: number) => number): (random: Random) => number[] {
  return (random) => {
    const factors = wobble(random, 5);
    return factors.map((factor, minute) => factor * rate(minute));
  };
}

/** All but the first wobble by 30 % from five minutes to five minutes. */
export const SHAPES: readonly Shape[] = [
  { title: 'flat, without any wobble', draw: () => Array.from({ length: WEEK }, () => 1) },
  { title: 'flat', draw: drawn(() => 1) },
  { title: 'wave of a day, ×10 from night to day', draw: drawn(wave) },
  { title: 'office hours, ×10 within two hours', draw: drawn(officeHours) },
  { title: 'a job every 15 minutes', draw: drawn((minute) => (minute % 15 === 0 ? 15 : 0)) },
  { title: 'a job every hour', draw: drawn((minute) => (minute % HOUR === 0 ? HOUR : 0)) },
  { title: 'a job every night', draw: drawn((minute) => (minute % DAY === 3 * HOUR ? DAY : 0)) },
];

/** The shape with a mean of one. */
export function normalize(factors: readonly number[]): number[] {
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
  return factors.map((factor) => factor / mean);
}
