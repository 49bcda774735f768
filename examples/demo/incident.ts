/** What the loggers of a web shop write in a calm hour, and once its payment gateway fails: for the demo, the pictures and the tests. */

/** A log call. */
export interface Call {
  readonly level: string;
  readonly message: string;
  readonly [meta: string]: unknown;
}

/** Log calls of one kind: their level, how many of them, and the message and metadata of each. */
type Kind = readonly [level: string, count: number, call: (i: number) => readonly [message: string, meta?: object]];

/** The logger that the incident is about. */
export const SHOP = 'checkout';

/** What an error that has no metadata of its own logs. */
export const STACK = `TypeError: Cannot read properties of undefined (reading 'price')
    at totalOf (/srv/checkout/dist/cart.js:41:23)
    at Array.reduce (<anonymous>)
    at priceCart (/srv/checkout/dist/cart.js:57:16)
    at placeOrder (/srv/checkout/dist/orders.js:112:20)`;

const order = (i: number) => [`order ${43_000 + i} placed`, { total: 20 + (i % 80), currency: 'EUR' }] as const;
const mail = (i: number) => [`mail sent to buyer${i}@example.com`, { template: 'order-confirmation' }] as const;
const cart = (i: number) => [`POST /cart/${i}/items 201 in ${8 + (i % 30)} ms`] as const;
const stock = (i: number) => [`stock of item ${i % 40} is low`, { left: i % 5 }] as const;
const session = (i: number) => [`session ${9000 + i} expired during checkout`] as const;
const declined = (i: number) => [`card ending in ${1000 + i} was declined`, { code: 'insufficient_funds' }] as const;
const timeout = (i: number) => [`timeout after ${5000 + i} ms calling https://pay.example/v2/charges/${i}`] as const;
const priced = (i: number) => [`cart ${i} priced in ${1 + (i % 9)} ms`] as const;
const voucher = (i: number) => [`voucher SPRING${i % 7} does not exist`, { customer: 5000 + i }] as const;
const refused = (i: number) => {
  const host = `10.4.0.${7 + i}:443`;
  return [`payment gateway ${host} refused connection`, { retryInSeconds: 30, err: refusal(host) }] as const;
};

/** What Node throws then, with the same stack each time. */
function refusal(host: string): Error {
  const error = new Error(`connect ECONNREFUSED ${host}`);
  error.stack = `Error: ${error.message}
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)
    at async charge (/srv/checkout/dist/payment.js:63:20)
    at async placeOrder (/srv/checkout/dist/orders.js:120:5)`;
  return Object.assign(error, { code: 'ECONNREFUSED' });
}

/** The shop in an hour without an incident. */
const CALM: readonly Kind[] = [
  ['info', 1840, order],
  ['info', 1790, mail],
  ['info', 920, cart],
  ['warning', 64, stock],
  ['warning', 150, session],
  ['error', 38, declined],
  ['error', 16, timeout],
  ['debug', 400, priced],
];
/** What the shop writes of its own accord in the first 41 minutes of an hour with the incident. */
const SLOWED: readonly Kind[] = [
  ['info', 1180, order],
  ['info', 240, mail],
  ['info', 655, cart],
  ['warning', 44, stock],
  ['debug', 300, priced],
  ['error', 24, declined],
];
/** What the incident adds: a surge, and three messages that are new. */
const OUTBREAK: readonly Kind[] = [
  ['warning', 260, voucher],
  ['error', 118, timeout],
  ['error', 6, () => [STACK]],
  ['critical', 2, refused],
];
const OTHERS: Readonly<Record<string, readonly Kind[]>> = {
  catalog: [['info', 120, () => ['index refreshed']]],
  gateway: [
    ['info', 700, () => ['GET /health 200']],
    ['warning', 3, () => ['upstream is slow']],
  ],
  mailer: [['info', 40, () => ['queue drained']]],
};

/** A log call at its place in a stretch of time, from 0 to 1. */
export interface PlacedCall extends Call {
  readonly at: number;
}

/** The log calls of some kinds, evenly mixed, from a place on. */
function mix(kinds: readonly Kind[], from = 0): PlacedCall[] {
  const calls = kinds.flatMap(([level, count, call]) =>
    Array.from({ length: count }, (_, i): PlacedCall => {
      const [message, meta] = call(i);
      return { level, message, ...meta, at: from + ((1 - from) * (i + 0.5)) / count };
    }),
  );
  return calls.sort((a, b) => a.at - b.at);
}

/** An hour without an incident, by logger name. */
export const calmHour = (): Map<string, PlacedCall[]> => new Map([[SHOP, mix(CALM)], ...calmOthers()]);

/** 41 minutes of an hour, by logger name, in the last seven of which the incident goes on. */
export const incidentHour = (): Map<string, PlacedCall[]> => {
  const calls = [...mix(SLOWED), ...mix(OUTBREAK, 34 / 41)];
  return new Map([...calmOthers(), [SHOP, calls.sort((a, b) => a.at - b.at)]]);
};

/** What the incident adds, of the shop alone. */
export const outbreak = (): PlacedCall[] => mix(OUTBREAK);

function calmOthers(): [string, PlacedCall[]][] {
  return Object.entries(OTHERS).map(([name, kinds]) => [name, mix(kinds)]);
}
