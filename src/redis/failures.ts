/** Classifies the errors of Redis and its client, and keeps secrets out of them. */

import { errorMessage } from '../errors';

/** Errors of the server that last until the configuration, or the value under a key, is changed. */
const CONFIGURATION_ERROR =
  /(^|[ -])(NOAUTH|WRONGPASS|NOPERM|WRONGTYPE|DENIED) |user executing the script can't (run|access)|ACL failure in script|unknown (\w+ )?command|command is not allowed from script/i;
/** The same for signing in and for the database, where servers give no code: Redis 5, and any that reads a long command first. */
const SIGN_IN_ERROR =
  /unauthenticated (multi)?bulk|invalid password|no password is set|any password configured|arguments for 'auth'|DB index|SELECT is not allowed/i;
const TLS_CODE = /^ERR_(TLS|SSL)|CERT|SIGNATURE|^HOSTNAME_MISMATCH$/;

/** Whether a prompt retry is pointless. It is not for any other error, including those that leave the outcome unknown. */
export function isConfigurationError(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  const message = errorMessage(error);
  return (
    error instanceof NoClusterClientError ||
    CONFIGURATION_ERROR.test(message) ||
    SIGN_IN_ERROR.test(message) ||
    (typeof code === 'string' && TLS_CODE.test(code))
  );
}

/** Whether an error concerns only the destination that was written to: the values under its keys, or the rights to them. */
export function isDestinationError(error: unknown): boolean {
  return /(^|[ -])WRONGTYPE /i.test(errorMessage(error)) || isKeyRefusal(error);
}

/** Whether the user has no right to one of the keys. Nothing was run then. */
export function isKeyRefusal(error: unknown): boolean {
  return /NOPERM .*(access one of the keys|permissions to access a key)/i.test(errorMessage(error));
}

/**
 * Whether a server that used to take writes says that it no longer does. After a failover another server may have its name,
 * while its connections stay open.
 */
export function isDemotionError(error: unknown): boolean {
  return /(^|[ -])(READONLY|MASTERDOWN|NOREPLICAS) /.test(errorMessage(error));
}

/** A client that knows no clusters has asked a node of one. No retry helps. */
export class NoClusterClientError extends Error {
  override name = 'NoClusterClientError';

  constructor(error: unknown) {
    const advice =
      'the server is a node of a Redis Cluster: pass a cluster client, such as that of createCluster(), as client';
    super(`${errorMessage(error)} (${advice})`, { cause: error });
  }
}

/** The error of a client that knows no clusters: for one that a node of a cluster gives, what to do about it. */
export function toClusterAdvice(error: unknown): unknown {
  return /(^|[ -])(CROSSSLOT|MOVED) /.test(errorMessage(error)) ? new NoClusterClientError(error) : error;
}

/** A server that does not know a command quotes its arguments, and those of AUTH and HELLO are user and password. */
export function withoutArguments<Thrown>(error: Thrown): Thrown | Error {
  const [message, args] = errorMessage(error).split(', with args beginning with');
  return args === undefined ? error : new Error(message);
}

/** From Redis 7.2 on a refusal names the user, who may be told to nobody else. It stays an error of its class: a reply. */
export function withoutUser<Thrown>(error: Thrown): Thrown | Error {
  const message = errorMessage(error);
  const hidden = message.replace(/\bUser \S+ has no permissions/, 'this user has no permissions');
  if (hidden === message) return error;
  const Reply = error instanceof Error ? (error.constructor as ErrorConstructor) : Error;
  return new Reply(hidden);
}

/** A listener for `'error'` events: without one they end the process. Failures reach us as rejected commands. */
export const ignoreError = (): void => undefined;
