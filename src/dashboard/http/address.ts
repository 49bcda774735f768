/** Finds the address that a request of node:http was sent to, and refuses what could pass for another one. */

import type { IncomingMessage } from 'node:http';

/** A host name, an IPv4 or an IPv6 address, and a port: no user, no path, and nothing that a URL would decode or skip. */
const AUTHORITY = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d*)?$/i;
/** A request target that is a whole URL, as a client sends it to a proxy: its host counts, whatever the header `Host` says. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

/** In a path, what a URL would resolve or turn into another character: the path that was asked for would be another one. */
const DETOUR = /^[^?#]*(?:\\|\/(?:\.|%2e){1,2}(?=[/?#]|$))/i;

/** A request of node:http, with what frameworks add. */
export type Incoming = IncomingMessage & { readonly originalUrl?: string };

/** Where a request was sent to. */
export interface Address {
  /** Host and port. */
  readonly host: string;
  readonly url: string;
}

/**
 * The address of a request. Frameworks that mount a handler under a path remove that path from `url`, and keep `originalUrl`.
 * @throws an error if the host or the request target is invalid
 */
export function requestAddress(incoming: Incoming): Address {
  const target = incoming.originalUrl ?? incoming.url ?? '/';
  const [, authority, rest] = ABSOLUTE.exec(target) ?? [];
  const sent = sentHost(incoming);
  const host = authority ?? sent;
  if (![host, sent].every(isPlain)) throw new TypeError('invalid host');
  const path = authority === undefined ? target : (rest as string).replace(/^(?!\/)/, '/');
  if (!path.startsWith('/') || DETOUR.test(path)) throw new TypeError('invalid request target');
  const scheme = 'encrypted' in incoming.socket ? 'https' : 'http';
  return { host, url: `${scheme}://${host}${path}` };
}

/** Whether a host stays the same in a URL, which takes `1` and `0x7f.1` for addresses. */
function isPlain(host: string): boolean {
  if (!AUTHORITY.test(host)) return false;
  return host.startsWith('[') || new URL(`http://${host}`).hostname === host.replace(/:\d*$/, '').toLowerCase();
}

/** The header `Host`, or its pseudo-header in HTTP/2. HTTP/1.0 knows neither. */
function sentHost({ headers, rawHeaders }: Incoming): string {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) throw new TypeError('several hosts');
  return String(headers[':authority'] ?? headers.host ?? 'localhost');
}
