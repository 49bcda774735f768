/** Reads the URL of a Redis, which means the same in every option, in the environment and on the command line. */

// Not those of the global object: test environments such as jsdom put others there, without canParse().
import { URL, URLSearchParams } from 'node:url';

/** The address of a Redis, and the user to sign in as. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** Of a Unix socket, which takes the place of host and port. */
  readonly path?: string | undefined;
  readonly isTls: boolean;
  /** Empty if the URL has none, as is the password. */
  readonly username: string;
  readonly password: string;
  readonly database: number;
}

const DEFAULT_URL = 'redis://localhost:6379';

const PORT = 6379;

/** A text that is no URL of a Redis. It shows nothing of the text, which may hold a password. */
export class UrlError extends Error {
  override name = 'UrlError';

  /** @param expected - what a text that can be used would be */
  constructor(readonly expected: string) {
    super(`expected ${expected}`);
  }
}

/** The Redis that is meant if nobody says which: that of REDIS_URL, unless it is missing or empty, else one on this machine. */
export function defaultUrl({ REDIS_URL = '' }: Readonly<NodeJS.ProcessEnv>): {
  url: string;
  isFromEnvironment: boolean;
} {
  const isFromEnvironment = REDIS_URL.trim() !== '';
  return { url: isFromEnvironment ? REDIS_URL : DEFAULT_URL, isFromEnvironment };
}

/**
 * Parses a URL. Blanks around it are left out, and a `%` that encodes nothing stands for itself: people paste passwords as they
 * are. Of its parameters only `db` and `database` mean anything.
 * @throws UrlError
 */
export function parseRedisUrl(text: string): RedisAddress {
  const trimmed = text.trim();
  if (/^["'`]/.test(trimmed)) throw new UrlError('a URL without quotes around it');
  if (/^unix:/i.test(trimmed)) return parseUnixUrl(trimmed);
  // URL would leave them out, and the password would be another.
  if (/[\t\r\n]/.test(trimmed)) throw new UrlError('a URL in which tabs and line breaks are percent-encoded');
  if (!/^rediss?:\/\//i.test(trimmed)) throw new UrlError('a URL that begins with redis://, rediss:// or unix://');
  if (/^\w+:\/\/(?:[^/?#]*@)?\[[^\]]*%/.test(trimmed)) {
    throw new UrlError('a URL without a zone in its IPv6 address: give that as redis: { socket: { host } }');
  }
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (!url) {
    throw new UrlError('a URL with a host, a port up to 65535, and user and password percent-encoded before them');
  }
  const { hostname, port, pathname, search, searchParams, hash } = url;
  // An `@` after the host means that the password holds a `/`, `?` or `#`, and that what was taken for the host is a part of it.
  if (`${pathname}${search}${hash}`.includes('@')) {
    throw new UrlError('a URL whose user and password are percent-encoded');
  }
  // Passwords would go out in plain text.
  if (
    url.protocol === 'redis:' &&
    ['tls', 'ssl'].some((name) => /^(?!0|false|no)./i.test(searchParams.get(name) ?? ''))
  ) {
    throw new UrlError('a URL that begins with rediss:// for TLS');
  }
  return {
    // URL encodes letters beyond ASCII, which look-ups of names know.
    host: hostname.replace(/^\[|\]$/g, '').replace(/(?:%[89a-f][\da-f])+/gi, decode) || 'localhost',
    port: Number(port || PORT),
    isTls: url.protocol === 'rediss:',
    username: decode(url.username),
    password: decode(url.password),
    database: readDatabase(pathname.slice(1), searchParams),
  };
}

/** `unix://[user:password@]/path[?db=database]`, which URL does not parse. */
function parseUnixUrl(text: string): RedisAddress {
  const [, userInfo = '', path, query] = /^unix:\/\/(?:([^/]*)@)?(\/[^@?#]+)(?:\?([^#]*))?$/i.exec(text) ?? [];
  if (path === undefined)
    throw new UrlError('a URL such as unix:///path/to/socket?db=0, with special characters percent-encoded');
  const [username = '', ...password] = userInfo.split(':');
  return {
    host: '',
    port: 0,
    path: decode(path),
    isTls: false,
    username: decode(username),
    password: decode(password.join(':')),
    database: readDatabase('', new URLSearchParams(query)),
  };
}

/** The database of the path or of a parameter, which must not contradict each other. */
function readDatabase(path: string, parameters: URLSearchParams): number {
  const named = [path, ...parameters.getAll('db'), ...parameters.getAll('database')].filter(Boolean);
  const [database = '0'] = named;
  if (named.some((each) => each !== database) || !/^\d{1,9}$/.test(database ?? '')) {
    throw new UrlError('a URL with one whole number as its database, as in redis://host:6379/3');
  }
  return Number(database);
}

/** A character in UTF-8, percent-encoded. */
const ENCODED =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3}/gi;

/** Decodes the characters that are encoded, and leaves the rest as it is. */
function decode(text: string): string {
  return text.replace(ENCODED, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
