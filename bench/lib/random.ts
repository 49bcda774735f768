/** Random numbers of the distributions that the simulation of surges needs. */

import type { Random } from '../../__tests__/chaos/random';

/** Below this mean, multiplying uniform numbers takes few steps; from there on, rejection is valid. */
const LARGE_MEAN = 10;

/** A standard normal number (Box and Muller, A Note on the Generation of Random Normal Deviates, 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** A Poisson number with the given mean. */
export function poisson(random: Random, mean: number): number {
  if (mean === 0) return 0;
  return mean < LARGE_MEAN ? byMultiplication(random, mean) : byRejection(random, mean);
}

/** Knuth, The Art of Computer Programming, volume 2, 3.4.1. */
function byMultiplication(random: Random, mean: number): number {
  const least = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > least; count++) product *= random.next();
  return count;
}

/** PTRS of Hörmann, The transformed rejection method for generating Poisson random variables, 1993. */
function byRejection(random: Random, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const accepted = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const [u, v] = [random.next() - 0.5, random.next()];
    const distance = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / distance + b) * u + mean + 0.43);
    if (distance >= 0.07 && v <= accepted) return count;
    if (count < 0 || (distance < 0.013 && v > distance)) continue;
    const density = count * Math.log(mean) - mean - logFactorial(count);
    if (Math.log((v * inverseAlpha) / (a / distance ** 2 + b)) <= density) return count;
  }
}

/** Stirling's series, from 10 on, where it is exact enough. */
function logFactorial(n: number): number {
  if (n < 10) return Math.log(Array.from({ length: n }, (_, i) => i + 1).reduce((a, b) => a * b, 1));
  return (n + 0.5) * Math.log(n) - n + Math.log(2 * Math.PI) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3);
}
