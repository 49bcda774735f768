/** Reads a log call of winston: its level, its message, what to count for it, and the text of its line. */

import { stripVTControlCharacters } from 'node:util';
import { lineFormatter, type TimestampFormat } from '../line-format';
import { atOnce } from './at-once';
import { DeferredText } from './deferred-text';
import { toText } from './json';
import { keptTemplate } from './keep-template';
import {
  ComposedText,
  composeFormatted,
  composePlainText,
  composeText,
  type LineText,
  MAX_LINE_BYTES,
} from './line-text';
import { mayHoldError, readLoggedMessage, readParts } from './logged-parts';
import { hasMetadata } from './metadata';
import { parameterize } from './parameterize';
import { cleanText, truncate, truncateEarly } from './text';

/** What winston hands to a transport for one log call. */
export interface LogInfo {
  readonly level?: unknown;
  readonly message?: unknown;
  readonly [key: string | symbol]: unknown;
}

/** What to count of a log call: its message, the pattern of that, or what a function returns. */
export type CommonKey = 'message' | 'pattern' | ((info: LogInfo) => unknown);

/** winston's key for the level that no format has coloured. */
const LEVEL = Symbol.for('level');
/** winston's key for the text that the formats made. */
const MESSAGE = Symbol.for('message');

/** winston's key for the arguments after the message. */
const SPLAT = Symbol.for('splat');

/** Longest counted message, in bytes of UTF-8. */
const MAX_MESSAGE_BYTES = 1024;

/** The level of a log call, as its logger names it. */
export function readLevel(info: LogInfo): string {
  const level = info[LEVEL];
  return typeof level === 'string' ? level : stripVTControlCharacters(toText(info.level ?? 'info'));
}

/**
 * A log call with the text that formats made for it.
 * @throws TypeError if what a format has returned is no log call, or if it is async
 */
export function withText(info: LogInfo): LogInfo {
  if (typeof atOnce(info) !== 'object') throw new TypeError(`it must return an object, not a ${typeof info}`);
  atOnce(info[MESSAGE]);
  return info;
}

/** A log call without the text that formats made for it. */
export function withoutText(info: LogInfo): LogInfo {
  return { ...info, [MESSAGE]: undefined };
}

/** The message of a log call, whatever was logged. Never throws. */
export function readMessage(info: LogInfo): string {
  try {
    const { message } = info;
    if (typeof message === 'string' && !mayHoldError(info, SPLAT)) return message;
  } catch {
    // What can be read of it is read one by one.
  }
  return readLoggedMessage(info, SPLAT);
}

/**
 * The key to count for a log call with this message; undefined counts nothing.
 *
 * @param onKeyError - is called if `commonKey` throws or returns a promise; the message is counted then
 */
export function toCommonKey(
  info: LogInfo,
  message: string,
  commonKey: CommonKey,
  onKeyError: (error: unknown) => void,
): string | undefined {
  if (typeof commonKey !== 'function') {
    const key = keptTemplate(info) ?? (commonKey === 'pattern' ? parameterize(message) : message);
    return truncateEarly(key, MAX_MESSAGE_BYTES);
  }
  try {
    const key = atOnce(commonKey(info));
    return key === undefined ? undefined : truncateEarly(toText(key), MAX_MESSAGE_BYTES);
  } catch (error) {
    onKeyError(error);
    return truncateEarly(message, MAX_MESSAGE_BYTES);
  }
}

/**
 * The line of a log call with this message, without its time. All that could change is read now: the application may change
 * its objects after the log call.
 *
 * @param isFormatted - whether the transport has a format of its own, whose text the line then is
 * @param before - the text of the line before, from which this one may take over what is the same
 */
export function toLineText(info: LogInfo, message: string, isFormatted: boolean, before?: LineText): LineText {
  if (isFormatted && typeof info[MESSAGE] === 'string') {
    return new ComposedText(composeFormatted(truncateEarly(info[MESSAGE], MAX_LINE_BYTES)));
  }
  if (typeof info.message === 'string' && !mayHoldError(info, SPLAT)) {
    if (!hasMetadata(info)) return truncateEarly(message, MAX_LINE_BYTES);
    const deferred = DeferredText.from(message, info, before);
    if (deferred) return deferred;
  }
  return new ComposedText(composeText(message, readParts(info, SPLAT)));
}

/** A counted message as it is written: without colours and alignment, at most 1 KB, and well-formed. */
export function formatMessage(message: string): string {
  return truncate(cleanText(message), MAX_MESSAGE_BYTES).toWellFormed();
}

/** A {@link lineFormatter} whose lines are at most 8 KB, and well-formed. */
export function boundedLineFormatter(format: TimestampFormat): (time: number, text: LineText) => string {
  const formatLine = lineFormatter(format);
  return (time, text) => {
    const composed = typeof text === 'string' ? composePlainText(text) : text.toString();
    return truncate(formatLine(time, composed), MAX_LINE_BYTES).toWellFormed();
  };
}
