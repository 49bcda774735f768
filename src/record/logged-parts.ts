/** Reads a log call that may hold an error: winston puts it into the call in half a dozen ways. */

import { isNativeError } from 'node:util/types';
import { JsonWriter, ROOMY, toText } from './json';
import type { LoggedParts } from './line-text';
import {
  errorFields,
  errorText,
  isError,
  nameInStack,
  readField,
  readKeys,
  readStack,
  withoutStack,
} from './logged-error';
import { type Fields, isMetadata } from './metadata';

const NO_MESSAGE = '(no error message)';

/** A log call, with winston's symbols. */
type Info = Readonly<Record<string | symbol, unknown>>;

/** Whether an error may have been logged beside the metadata. It is asked of each log call, so it looks at fields alone. */
export function mayHoldError(info: Info, splat: symbol): boolean {
  try {
    if (info.stack !== undefined) return true;
    const values = info[splat];
    if (!Array.isArray(values)) return false;
    for (let i = 0; i < values.length; i++) {
      const value: unknown = values[i];
      if (typeof value === 'object' && value !== null && 'stack' in value) return true;
    }
    return false;
  } catch {
    return true;
  }
}

/**
 * The message of such a log call: an error by its message, else its code, else its name; and without the stack that an
 * exception handler or a `%s` has put into it.
 */
export function readLoggedMessage(info: Info, splat: symbol): string {
  const logged = readField(info, 'message');
  if (typeof logged !== 'string') return toText(logged);
  const error = errorsIn(info[splat])[0] ?? (isError(info.error) ? info.error : info);
  if (!isError(error)) return logged;
  if (logged === '') return errorText(error);
  const message = withoutStack(logged, readStack(error));
  return info.exception || info.rejection ? message.replace(NO_MESSAGE, () => errorText(error)) : message;
}

/** The metadata of such a log call, and the stack of its error, unless that is among the metadata. Never throws. */
export function readParts(info: Info, splat: symbol): LoggedParts {
  const logged = readField(info, 'message');
  const others = errorsIn(info[splat]);
  const main = isError(info) ? info : isError(logged) ? logged : undefined;
  const stack = main && readStack(main);
  const fields = new Map<string, unknown>();
  if (main) addError(fields, info, main, others);
  for (const key of readKeys(info)) {
    if (key !== 'stack' || main !== info) addField(fields, info, key);
  }
  for (const error of others) {
    if (stack === undefined || readStack(error) !== stack) fields.set(freeKey(fields), error);
  }
  return { keys: [...fields.keys()], values: [...fields.values()], stack: stack ?? stackIn(logged) };
}

function addError(fields: Map<string, unknown>, info: Info, main: object, others: readonly object[]): void {
  const stack = readStack(main);
  // An exception handler logs the error as a field.
  if (isError(info.error) && info.error !== main && readStack(info.error) === stack) return;
  for (const [field, value] of errorFields(main)) addField(fields, main as Fields, field, value);
  const merged = others.find((error) => error !== main && readStack(error) === stack);
  if (merged) {
    for (const [field, value] of errorFields(merged)) {
      if (field === 'name' || !fields.has(field)) addField(fields, merged as Fields, field, value);
    }
  } else if (main === info && stack !== undefined && !isNativeError(info) && info.name === undefined) {
    fields.set('name', nameInStack(stack));
  }
}

function addField(fields: Map<string, unknown>, source: Fields, field: string, value = readField(source, field)): void {
  if (isMetadata(source, field)) fields.set(field, value);
}

function errorsIn(values: unknown): object[] {
  return Array.isArray(values) ? values.filter(isError) : [];
}

function freeKey(fields: ReadonlyMap<string, unknown>): string {
  let key = 'error';
  for (let i = 2; fields.has(key); i++) key = `error${i}`;
  return key;
}

function stackIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const writer = new JsonWriter(ROOMY);
  writer.write(value);
  return writer.stack;
}
