/** Reads a log call of winston: its level, its message, what to count for it, and the text of its line. */

import { stripVTControlCharacters } from 'node:util';
import { errorMessage } from '../errors';
import { formatText, lineFormatter, type TimestampFormat } from '../line-format';
import { DeferredText } from './deferred-text';
import { keptTemplate } from './keep-template';
import { formatMetadata, hasMetadata } from './metadata';
import { toText, truncate, truncateEarly } from './text';

/** What winston hands to a transport for one log call. */
export interface LogInfo {
  readonly level?: unknown;
  readonly message?: unknown;
  readonly [key: string | symbol]: unknown;
}

/** winston's key for the level that no format has coloured. */
const LEVEL = Symbol.for('level');
/** winston's key for the text that the formats made. */
const MESSAGE = Symbol.for('message');

/** Longest counted message and longest line, in bytes of UTF-8. */
const MAX_MESSAGE_BYTES = 1024;
const MAX_LINE_BYTES = 8192;

/** The text of a line: a string, or formatted when it is needed. */
export type LineText = string | DeferredText;

/** The level of a log call, as its logger names it. */
export function readLevel(info: LogInfo): string {
  const level = info[LEVEL];
  return typeof level === 'string' ? level : stripVTControlCharacters(toText(info.level ?? 'info'));
}

/** A log call without the text that formats made for it. */
export function withoutText(info: LogInfo): LogInfo {
  return { ...info, [MESSAGE]: undefined };
}

/** The message of a log call, whatever was logged. Never throws. */
export function readMessage(info: LogInfo): string {
  try {
    return toText(info.message);
  } catch (error) {
    return `[unreadable message: ${errorMessage(error)}]`;
  }
}

/**
 * The key to count for a log call with this message; undefined counts nothing.
 *
 * @param commonKey - gives the key to count instead of the message
 * @param onKeyError - is called if `commonKey` throws; the message is counted then
 */
export function toCommonKey(
  info: LogInfo,
  message: string,
  commonKey: ((info: LogInfo) => unknown) | undefined,
  onKeyError: (error: unknown) => void,
): string | undefined {
  if (!commonKey) return truncateEarly(keptTemplate(info) ?? message, MAX_MESSAGE_BYTES);
  try {
    const key = commonKey(info);
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
 */
export function toLineText(info: LogInfo, message: string, isFormatted: boolean): LineText {
  if (isFormatted && typeof info[MESSAGE] === 'string') return truncateEarly(info[MESSAGE], MAX_LINE_BYTES);
  if (!hasMetadata(info)) return truncateEarly(message, MAX_LINE_BYTES);
  return DeferredText.from(message, info) ?? truncateEarly(formatText(message, formatMetadata(info)), MAX_LINE_BYTES);
}

/** A counted message as it is written: at most 1 KB, and well-formed. */
export function formatMessage(message: string): string {
  return truncate(message, MAX_MESSAGE_BYTES).toWellFormed();
}

/** A {@link lineFormatter} whose lines are at most 8 KB, and well-formed. */
export function boundedLineFormatter(format: TimestampFormat): (time: number, text: string) => string {
  const formatLine = lineFormatter(format);
  return (time, text) => truncate(formatLine(time, text), MAX_LINE_BYTES).toWellFormed();
}
