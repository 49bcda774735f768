import { stripVTControlCharacters } from 'node:util';
import { isNativeError } from 'node:util/types';
import { configure } from 'safe-stable-stringify';
import { messageOf as reasonOf } from './errors';
import { templateOf } from './template';

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

const ELLIPSIS = '…';
const ELLIPSIS_BYTES = Buffer.byteLength(ELLIPSIS);
/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/** Bounds what one log call can cost: a line has no room for more. */
const stringify = configure({ deterministic: false, maximumBreadth: 1000, maximumDepth: 20 });

/** One log call, as it waits to be written. */
export interface LogRecord {
  /** Epoch milliseconds. */
  readonly time: number;
  /** What to count; undefined counts nothing. */
  readonly message: string | undefined;
  /** The line, without its time. */
  readonly text: string;
  /** What winston logged, where somebody waits to hear that it is written. */
  readonly info: LogInfo | undefined;
}

/** The level of a log call, as its logger names it. */
export function levelOf(info: LogInfo): string {
  const level = info[LEVEL];
  return typeof level === 'string' ? level : stripVTControlCharacters(toText(info.level ?? 'info'));
}

/** Where a record differs from what winston logged. */
export interface RecordOptions {
  /** Whether the transport has a format of its own, whose text then is the line. */
  readonly isFormatted: boolean;
  /** Whether somebody waits to hear that the call is written. */
  readonly isAwaited: boolean;
  /** What to count, instead of the message. */
  readonly commonKey: ((info: LogInfo) => unknown) | undefined;
  /** Hears of a `commonKey` that threw: the message is counted then. */
  readonly onKeyError: (error: unknown) => void;
}

/** The record of a log call. Its texts are taken now: the application may change its objects afterwards. */
export function toRecord(info: LogInfo, options: RecordOptions): LogRecord {
  const message = messageOf(info);
  return {
    time: Date.now(),
    message: countedOf(info, message, options),
    text: textOf(info, message, options.isFormatted),
    info: options.isAwaited ? info : undefined,
  };
}

/** The message of a log call, whatever was logged. */
export function messageOf(info: LogInfo): string {
  try {
    return toText(info.message);
  } catch (error) {
    return `[unreadable message: ${reasonOf(error)}]`;
  }
}

function countedOf(info: LogInfo, message: string, { commonKey, onKeyError }: RecordOptions): string | undefined {
  if (!commonKey) return shorten(templateOf(info) ?? message, MAX_MESSAGE_BYTES);
  try {
    const key = commonKey(info);
    return key === undefined ? undefined : shorten(toText(key), MAX_MESSAGE_BYTES);
  } catch (error) {
    onKeyError(error);
    return shorten(message, MAX_MESSAGE_BYTES);
  }
}

function textOf(info: LogInfo, message: string, isFormatted: boolean): string {
  if (isFormatted && typeof info[MESSAGE] === 'string') return shorten(info[MESSAGE], MAX_LINE_BYTES);
  return shorten(hasMetadata(info) ? `${message} ${metadataOf(info)}` : message, MAX_LINE_BYTES);
}

/** The member that a message is counted under. */
export function formatMessage(message: string): string {
  return cut(message, MAX_MESSAGE_BYTES).toWellFormed();
}

/** A whole line: its time and its text. */
export function formatLine(time: number, text: string, format: TimestampFormat): string {
  const stamp = format === 'iso' ? new Date(time).toISOString() : asctime(time);
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

/**
 * A text of at most `maxBytes` bytes of UTF-8: cut between characters, marked with an ellipsis. The result is a copy, so
 * that it does not keep the long original in memory, as a slice would.
 */
function cut(text: string, maxBytes: number): string {
  if (text.length * MAX_BYTES_PER_UNIT <= maxBytes) return text;
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.allocUnsafe(maxBytes - ELLIPSIS_BYTES);
  return bytes.toString('utf8', 0, bytes.write(text)) + ELLIPSIS;
}

/** Cuts at the log call only what is certainly too long: the exact cut is made when a line or a batch is drawn. */
function shorten(text: string, maxBytes: number): string {
  return text.length > maxBytes ? cut(text, maxBytes) : text;
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || isNativeError(value)) return String(value);
  return stringify(value) ?? typeof value;
}

function isMetadata(key: string): boolean {
  return key !== 'level' && key !== 'message' && key !== 'timestamp';
}

function hasMetadata(info: LogInfo): boolean {
  for (const key in info) {
    if (isMetadata(key)) return true;
  }
  return false;
}

function metadataOf(info: LogInfo): string {
  try {
    const { level: _level, message: _message, timestamp: _timestamp, ...metadata } = info;
    return toText(metadata);
  } catch (error) {
    return `[unreadable metadata: ${reasonOf(error)}]`;
  }
}
