import type TransportStream = require('winston-transport');

/** winston's key for the values that `splat()` puts into the message. */
const SPLAT = Symbol.for('splat');
/** Where the message without them is kept. A program may load this package twice, so the key is of the global registry. */
const TEMPLATE = Symbol.for('winston-redis-recent-common.template');
/** The same places for values that `splat()` fills. */
const PLACE = /%[scdjifoO]/;

/** A winston format, as a transport or logger takes one. */
export type Format = NonNullable<TransportStream.TransportStreamOptions['format']>;

/**
 * A winston format that keeps the message as it is before `splat()` fills it in, so that a transport without a `commonKey`
 * counts `logger.info('user %s logged in', id)` as `user %s logged in` for all users. It stands before `splat()`, changes
 * nothing that is logged, and leaves messages without values to the other formats.
 *
 * @example
 * format: winston.format.combine(keepTemplate(), winston.format.splat(), winston.format.json())
 */
export function keepTemplate(): Format {
  return {
    transform(info) {
      const { message, splat } = info;
      const values = info[SPLAT] ?? splat;
      const isTemplate =
        typeof message === 'string' && Array.isArray(values) && values.length > 0 && PLACE.test(message);
      if (isTemplate) info[TEMPLATE] ??= message;
      return info;
    },
  };
}

/** The message of a log call before its values were filled in, where a format has kept it. */
export function keptTemplate(info: Readonly<Record<symbol, unknown>>): string | undefined {
  const template = info[TEMPLATE];
  return typeof template === 'string' ? template : undefined;
}
