/** Makes certificates for TLS, right ones and wrong ones. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its key, as files and as text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Certificates for a server and its clients, right and wrong. */
export interface Certificates {
  readonly authority: Certificate;
  /** By the authority, for 127.0.0.1 and localhost. */
  readonly server: Certificate;
  /** By the authority, for another host. */
  readonly elsewhere: Certificate;
  /** For 127.0.0.1 and localhost, by an unknown authority. */
  readonly impostor: Certificate;
  readonly client: Certificate;
  /** Removes the files. */
  readonly remove: () => void;
}

/** Makes certificates that are valid for a day, in a folder of their own. */
export function makeCertificates(): Certificates {
  const dir = mkdtempSync(join(tmpdir(), 'certificates-'));
  const authority = makeAuthority(dir, 'authority');
  const here = 'subjectAltName = IP:127.0.0.1, DNS:localhost';
  return {
    authority,
    server: issue(dir, 'server', authority, here),
    elsewhere: issue(dir, 'elsewhere', authority, 'subjectAltName = DNS:elsewhere.example'),
    impostor: issue(dir, 'impostor', makeAuthority(dir, 'nobody'), here),
    client: issue(dir, 'client', authority, 'extendedKeyUsage = clientAuth'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function makeAuthority(dir: string, name: string): Certificate {
  const { certFile, keyFile } = certificateFiles(dir, name);
  openssl(['req', '-x509', ...NEW_KEY, '-days', '1', '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', certFile]);
  return read({ certFile, keyFile });
}

function issue(dir: string, name: string, authority: Certificate, extensions: string): Certificate {
  const { certFile, keyFile } = certificateFiles(dir, name);
  const [request, extFile] = [join(dir, `${name}.csr`), join(dir, `${name}.ext`)];
  writeFileSync(extFile, extensions);
  openssl(['req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', request]);
  const signing = ['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial', '-days', '1'];
  openssl(['x509', '-req', '-in', request, ...signing, '-extfile', extFile, '-out', certFile]);
  return read({ certFile, keyFile });
}

/** A key on an elliptic curve is made in milliseconds, an RSA key in up to half a second. */
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}

function certificateFiles(dir: string, name: string): { certFile: string; keyFile: string } {
  return { certFile: join(dir, `${name}.crt`), keyFile: join(dir, `${name}.key`) };
}

function read({ certFile, keyFile }: { certFile: string; keyFile: string }): Certificate {
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}
