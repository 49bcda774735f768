/** Reads what matters of an error that was logged, of whatever kind: it may be of another realm, or break when it is read. */

import { isNativeError } from 'node:util/types';
import { errorMessage } from '../errors';

/** How a stack begins, or a line of it. */
const STACK = /^[\w$.]*(?:Error|Exception)\b|\n\s+at /;
/** Lines of a stack, and the fields that `util.inspect()` puts after them. */
const FRAMES = /(?:\n +(?:at |\.{3} \d)[^\n]*)+(?:\n(?: [^\n]*\n)*\})?/g;
/** The name at the beginning of a stack. */
const NAME = /^[\w$.]+(?=[:\n ]|$)/;

/** Whether a value is an error, or has the message and the stack of one. Never throws. */
export function isError(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (isNativeError(value)) return true;
  try {
    if (value instanceof Error) return true;
  } catch {
    return false;
  }
  return typeof readField(value, 'message') === 'string' && readStack(value) !== undefined;
}

/** What to call an error: its message, else its code, else its name. Never throws. */
export function errorText(error: object): string {
  for (const field of ['message', 'code', 'name']) {
    const value = readField(error, field);
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return 'Error';
}

/** The stack of an error; undefined if it has none that can be read, or a field of that name that is something else. */
export function readStack(error: object): string | undefined {
  try {
    const { stack } = error as { stack?: unknown };
    if (typeof stack !== 'string') return undefined;
    return (isNativeError(error) ? stack.trim() !== '' : STACK.test(stack)) ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** The name that a stack begins with. */
export function nameInStack(stack: string): string {
  return NAME.exec(stack)?.[0] ?? 'Error';
}

/** A message into which winston or a format has put the stack of its error, without that stack. */
export function withoutStack(message: string, stack: string | undefined): string {
  const rest = stack === undefined ? message : message.replace(`\n${stack}`, () => '');
  return rest.replace(FRAMES, '');
}

/**
 * The fields of an error, as they are written: name, message and code first, then its own or those of its `toJSON`, then cause
 * and errors. Without its stack, since a line has room for one. Never throws.
 */
export function errorFields(error: object): Map<string, unknown> {
  const fields = new Map<string, unknown>([['name', readName(error)]]);
  for (const field of ['message', 'code']) {
    const value = readField(error, field);
    if (value !== undefined && typeof value !== 'function') fields.set(field, value);
  }
  for (const [field, value] of ownFields(error)) {
    if (field !== 'stack' && !fields.has(field)) fields.set(field, value);
  }
  for (const field of ['cause', 'errors']) {
    const value = readField(error, field);
    if (value !== undefined && typeof value !== 'function') fields.set(field, value);
  }
  return fields;
}

/** A field of any object. If it cannot be read, a note. */
export function readField(value: object, field: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[field];
  } catch (error) {
    return unreadable(error);
  }
}

/** The keys of any object; none if they cannot be read. */
export function readKeys(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** Stands in for a value that cannot be read. */
export function unreadable(error: unknown): string {
  return `[unreadable: ${errorMessage(error)}]`;
}

function readName(error: object): string {
  const name = readField(error, 'name');
  return typeof name === 'string' && name !== '' ? name : 'Error';
}

function ownFields(error: object): [string, unknown][] {
  const toJson = readField(error, 'toJSON');
  if (typeof toJson === 'function') {
    try {
      const json: unknown = toJson.call(error, '');
      if (typeof json === 'object' && json !== null) return Object.entries(json);
    } catch {
      // Its own fields will do.
    }
  }
  return readKeys(error).map((key) => [key, readField(error, key)]);
}
