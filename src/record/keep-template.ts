/** The winston format that keeps a message's template, and what reads it back. */

import type TransportStream = require('winston-transport');

/** winston's key for the values that `splat()` puts into the message. */
const SPLAT = Symbol.for('splat');
/** The key for the template. It is in the global registry since a program may load this package twice. */
const TEMPLATE = Symbol.for('winston-redis-recent-common.template');
/** A part of a message that `splat()` fills in. */
const SLOT = /%[scdjifoO]/;

/** A winston format, as a transport or logger takes one. */
export type Format = NonNullable<TransportStream.TransportStreamOptions['format']>;

/**
 * A winston format that keeps the message as it is before `splat()` fills it in, so that a transport whose `commonKey` is no
 * function counts `logger.info('user %s logged in', id)` as `user %s logged in` for all users. Put it before `splat()`. It
 * changes nothing that is logged, and keeps no template of a message without values.
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
        typeof message === 'string' && Array.isArray(values) && values.length > 0 && SLOT.test(message);
      if (isTemplate) info[TEMPLATE] ??= message;
      return info;
    },
  };
}

/** The message of a log call before its values were filled in, if {@link keepTemplate} has kept it. */
export function keptTemplate(info: Readonly<Record<symbol, unknown>>): string | undefined {
  const template = info[TEMPLATE];
  return typeof template === 'string' ? template : undefined;
}
