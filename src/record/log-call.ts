import { stripVTControlCharacters } from 'node:util';
import { errorMessage } from '../errors';
import { formatText, lineFormatter, type TimestampFormat } from '../line-format';
import { keptTemplate } from './keep-template';
import { DeferredText, formatMetadata, hasMetadata } from './metadata';
import { cut, shorten, toText } from './text';

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

/** Longest message that is counted as it is, and longest line, in bytes of UTF-8. */
const MAX_MESSAGE_BYTES = 1024;
const MAX_LINE_BYTES = 8192;

/** The text of a line: as it is, or to be put together when it is needed. */
export type LineText = string | DeferredText;

/** The level of a log call, as its logger names it. */
export function readLevel(info: LogInfo): string {
  const level = info[LEVEL];
  return typeof level === 'string' ? level : stripVTControlCharacters(toText(info.level ?? 'info'));
}

/** The message of a log call, whatever was logged. */
export function readMessage(info: LogInfo): string {
  try {
    return toText(info.message);
  } catch (error) {
    return `[unreadable message: ${errorMessage(error)}]`;
  }
}

/**
 * What to count for a log call with this message; undefined counts nothing.
 *
 * @param commonKey - what to count, instead of the message
 * @param onKeyError - hears of a `commonKey` that threw: the message is counted then
 */
export function toCommonKey(
  info: LogInfo,
  message: string,
  commonKey: ((info: LogInfo) => unknown) | undefined,
  onKeyError: (error: unknown) => void,
): string | undefined {
  if (!commonKey) return shorten(keptTemplate(info) ?? message, MAX_MESSAGE_BYTES);
  try {
    const key = commonKey(info);
    return key === undefined ? undefined : shorten(toText(key), MAX_MESSAGE_BYTES);
  } catch (error) {
    onKeyError(error);
    return shorten(message, MAX_MESSAGE_BYTES);
  }
}

/**
 * The line of a log call with this message, without its time. It is taken now: the application may change its objects
 * afterwards.
 *
 * @param isFormatted - whether the transport has a format of its own, whose text then is the line
 */
export function toLineText(info: LogInfo, message: string, isFormatted: boolean): LineText {
  if (isFormatted && typeof info[MESSAGE] === 'string') return shorten(info[MESSAGE], MAX_LINE_BYTES);
  if (!hasMetadata(info)) return shorten(message, MAX_LINE_BYTES);
  return DeferredText.from(message, info) ?? shorten(formatText(message, formatMetadata(info)), MAX_LINE_BYTES);
}

/** The member that a message is counted under. */
export function formatMessage(message: string): string {
  return cut(message, MAX_MESSAGE_BYTES).toWellFormed();
}

/** A {@link lineFormatter} whose lines are at most 8 KB, and well-formed. */
export function boundedLineFormatter(format: TimestampFormat): (time: number, text: string) => string {
  const formatLine = lineFormatter(format);
  return (time, text) => cut(formatLine(time, text), MAX_LINE_BYTES).toWellFormed();
}
