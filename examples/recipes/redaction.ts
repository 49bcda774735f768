/** Redaction: secrets are replaced in the log call itself, before any transport sees it. */

import { LEVEL, SPLAT } from 'triple-beam';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

const SECRET_KEY = /^(password|token|authorization|cookie|secret)$/i;
/** Card numbers and bearer tokens in a text. */
const SECRET_TEXT = /\b\d{13,16}\b|\bBearer \S+/g;
const MASK = '[redacted]';

/** A copy of a value in which secrets are replaced. What the application has logged stays as it is. */
function mask(value: unknown, seen = new Set<unknown>()): unknown {
  if (typeof value === 'string') return value.replace(SECRET_TEXT, MASK);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (seen.has(value)) return '[circular]';
  const inside = new Set(seen).add(value);
  if (Array.isArray(value)) return value.map((item) => mask(item, inside));
  const entries = value instanceof Error ? errorEntries(value) : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, SECRET_KEY.test(key) ? MASK : mask(item, inside)]));
}

/** Object.entries leaves out what is not enumerable. */
const errorEntries = ({ name, message, stack, cause, ...more }: Error): [string, unknown][] => {
  return Object.entries({ name, message, stack, ...(cause === undefined ? {} : { cause }), ...more });
};

/**
 * A mask in a `printf` protects those transports only that write the text of the logger's format, such as Console: this one
 * writes message and metadata. An error that is logged is the log call itself, so a copy takes its place.
 */
const redact = winston.format((info) => {
  const copy = mask(info) as winston.Logform.TransformableInfo;
  for (const symbol of [LEVEL, SPLAT] as const) if (symbol in info) copy[symbol] = mask(info[symbol]) as never;
  return copy;
});

const transport = new RedisRecentCommonTransport({ keyPrefix: 'recipes:', name: 'redaction' });
const logger = winston.createLogger({
  // Again after splat(), which puts values into the message.
  format: winston.format.combine(redact(), winston.format.splat(), redact()),
  transports: [transport],
});
const request = { user: 'ann', password: 'hunter2', headers: { Authorization: 'Bearer abc.def' } };
logger.info('signed in', { request });
logger.info('card %s was declined', '4111111111111111');
logger.error(new Error('call with Bearer abc.def failed', { cause: new Error('card 4111111111111111') }));
await transport.close();
