import { stripVTControlCharacters } from 'node:util';
import { errorMessage } from '../errors';
import { keptTemplate } from './keep-template';
import { DeferredText, formatMetadata, hasMetadata } from './metadata';
import { cut, shorten, toText } from './text';

/** What winston hands to a transport for one log call. */
export interface LogInfo {
  readonly level?: unknown;
  readonly message?: unknown;
  readonly [key: string | symbol]: unknown;
}

/** How the time of a line is written; both forms have 24 characters. */
export type TimestampFormat = 'asctime' | 'iso';

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
  return DeferredText.from(message, info) ?? shorten(`${message} ${formatMetadata(info)}`, MAX_LINE_BYTES);
}

/** The member that a message is counted under. */
export function formatMessage(message: string): string {
  return cut(message, MAX_MESSAGE_BYTES).toWellFormed();
}

/**
 * Makes whole lines: a time and a text. Lines are made many at once, mostly of the same second, and to write that down in
 * local time takes longer than all else that a line needs.
 */
export function lineFormatter(format: TimestampFormat): (time: number, text: string) => string {
  if (format === 'iso') return (time, text) => lineOf(new Date(time).toISOString(), text);
  let second = Number.NaN;
  let stamp = '';
  return (time, text) => {
    if (Math.floor(time / 1000) !== second) {
      second = Math.floor(time / 1000);
      stamp = asctime(time);
    }
    return lineOf(stamp, text);
  };
}

function lineOf(stamp: string, text: string): string {
  return cut(`${stamp} ${text}`, MAX_LINE_BYTES).toWellFormed();
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A local time as Python's `time.asctime()` writes it: `Tue Jun  9 08:05:00 2026`. */
export function asctime(time: number): string {
  const date = new Date(time);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  const day = String(date.getDate()).padStart(2);
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${clock} ${date.getFullYear()}`;
}
