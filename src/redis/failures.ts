import { errorMessage } from '../errors';

/** Server errors that only a change of configuration, or of what stands under a key, can end. */
const CONFIGURATION_ERROR =
  /(^|[ -])(NOAUTH|WRONGPASS|NOPERM|WRONGTYPE|DENIED) |user executing the script can't run|ACL failure in script|unknown command/i;
const TLS_CODE = /^ERR_(TLS|SSL)|CERT|SIGNATURE|^HOSTNAME_MISMATCH$/;

/** Whether trying again soon is pointless. Everything else, an outcome unknown included, is worth a prompt retry. */
export function isConfigurationError(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return CONFIGURATION_ERROR.test(errorMessage(error)) || (typeof code === 'string' && TLS_CODE.test(code));
}

/** Whether an error concerns only the destination that was written to. */
export function isDestinationError(error: unknown): boolean {
  return /(^|[ -])WRONGTYPE /.test(errorMessage(error));
}

/** A server that does not know a command repeats its arguments, and those of AUTH and HELLO are user and password. */
export function withoutArguments<Thrown>(error: Thrown): Thrown | Error {
  const [message, args] = errorMessage(error).split(', with args beginning with');
  return args === undefined ? error : new Error(message);
}
