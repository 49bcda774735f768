import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import winston from 'winston';
import { type DeliveryWarning, RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { clearOfTheTurn } from '../support/hours';
import { type Certificates, makeCertificates } from '../support/redis/certificates';
import { freePort, RedisServer } from '../support/redis/servers';
import { describeWith } from '../support/requirements';
import { until } from '../support/wait';

/** How a test server listens, both ports on the loopback interface. */
interface Setup {
  readonly port: number;
  readonly tlsPort: number;
  readonly certificate?: 'server' | 'elsewhere' | 'impostor';
  readonly asksForCertificates?: boolean;
}

type Redis = NonNullable<TransportOptions['redis']>;

const PASSWORD = 'a-secret';
const CLOSE_TIMEOUT_MS = 400;

const describeWithTls = describeWith('server', 'certificates', 'TLS');

let certificates: Certificates;
let server: RedisServer;
let ports: { port: number; tlsPort: number };

async function serve({ port, tlsPort, certificate = 'server', asksForCertificates = false }: Setup): Promise<void> {
  const { certFile, keyFile } = certificates[certificate];
  const listen = ['--tls-port', String(tlsPort), '--tls-cert-file', certFile, '--tls-key-file', keyFile];
  const ca = ['--tls-ca-cert-file', certificates.authority.certFile];
  const clients = ['--tls-auth-clients', asksForCertificates ? 'yes' : 'no'];
  server = await RedisServer.start({ port, args: [...listen, ...ca, ...clients] });
}

/** With TLS. Redis takes any password for its default user, which has none. */
const encrypted = (port: number, more: object = {}): Redis => ({
  username: 'default',
  password: PASSWORD,
  socket: { host: '127.0.0.1', port, tls: true, ca: certificates.authority.cert, ...more },
});

const inPlainText = (port: number): Redis => ({ ...encrypted(port), socket: { host: '127.0.0.1', port } });

const clientCertificate = () => ({ cert: certificates.client.cert, key: certificates.client.key });

/** A server and a client that do not fit each other, and the setup that does. */
interface Mismatch {
  readonly title: string;
  readonly wrong: () => Setup;
  readonly redis: () => Redis;
  readonly reason: RegExp;
  /** By default, a server with the right certificate. */
  readonly right?: () => Setup;
}

const MISMATCHES: readonly Mismatch[] = [
  {
    title: 'a certificate of an unknown authority',
    wrong: () => ({ ...ports, certificate: 'impostor' }),
    redis: () => encrypted(ports.tlsPort),
    // Node 26 adds advice.
    reason: /unable to verify the first certificate($|;)/,
  },
  {
    title: 'a certificate for another host',
    wrong: () => ({ ...ports, certificate: 'elsewhere' }),
    redis: () => encrypted(ports.tlsPort),
    reason: /Hostname\/IP does not match certificate's altnames: IP: 127\.0\.0\.1/,
  },
  {
    title: 'a server that asks for a client certificate',
    wrong: () => ({ ...ports, asksForCertificates: true }),
    redis: () => encrypted(ports.tlsPort),
    reason: /Socket closed unexpectedly$/,
  },
  {
    title: 'a client without TLS at a port with TLS',
    wrong: () => ports,
    redis: () => inPlainText(ports.tlsPort),
    reason: /Socket closed unexpectedly$/,
    right: () => ({ port: ports.tlsPort, tlsPort: ports.port }),
  },
  {
    title: 'a client with TLS at a port without',
    wrong: () => ports,
    redis: () => encrypted(ports.port),
    reason: /Connection timeout$/,
    right: () => ({ port: ports.tlsPort, tlsPort: ports.port }),
  },
];

describeWithTls('TLS', () => {
  beforeAll(() => {
    certificates = makeCertificates();
  });
  beforeEach(async () => {
    await clearOfTheTurn();
    ports = { port: await freePort(), tlsPort: await freePort() };
  });
  afterEach(() => server.stop());
  afterAll(() => certificates.remove());

  it.each<[string, boolean, () => Redis]>([
    ['tls: true and ca', false, () => encrypted(ports.tlsPort)],
    [
      'a rediss:// URL and ca',
      false,
      () => ({ url: `rediss://localhost:${ports.tlsPort}`, socket: { ca: certificates.authority.cert } }) as Redis,
    ],
    ['a client certificate', true, () => encrypted(ports.tlsPort, clientCertificate())],
  ])('carries lines and counts with %s', async (_, asksForCertificates, redisOptions) => {
    await serve({ ...ports, asksForCertificates });
    const redis = redisOptions();
    const transport = new RedisRecentCommonTransport({ redis });
    const reader = new RecentCommonReader({ redis });
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    expect((await reader.common('app', 'info')).messages).toEqual([{ message: 'hello', count: 1 }]);
    expect(transport.stats()).toMatchObject({ written: 1, retries: 0 });
    reader.close();
    await transport.close();
  });

  it('is off with ca alone, so that node-redis connects in plain text', async () => {
    await serve(ports);
    const transport = new RedisRecentCommonTransport({ redis: encrypted(ports.port, { tls: undefined }) });
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    expect(await server.command(['ZSCORE', 'common:app:info', 'hello'])).toBe('1');
    await transport.close();
  });

  it.each(MISMATCHES)(
    'warns once, without a secret, and writes every log call once after the repair ($title)',
    async (mismatch) => {
      await serve(mismatch.wrong());
      const transport = new RedisRecentCommonTransport({ redis: mismatch.redis(), closeTimeoutMs: CLOSE_TIMEOUT_MS });
      const warnings: DeliveryWarning[] = [];
      transport.on('warn', (warning: DeliveryWarning) => warnings.push(warning));
      let undisturbed = 0;
      const stream = new Writable({ write: (_chunk, _encoding, callback) => callback(void undisturbed++) });
      const logger = winston.createLogger({ transports: [transport, new winston.transports.Stream({ stream })] });
      for (let i = 0; i < 100; i++) logger.info('hello');
      await until(() => undisturbed === 100);
      await until(() => warnings.length > 0);
      await until(() => transport.stats().retries > 0);
      expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(mismatch.reason)]);

      const began = performance.now();
      await transport.close();
      expect(performance.now() - began).toBeLessThan(CLOSE_TIMEOUT_MS + 5000);
      expect(transport.stats()).toMatchObject({ written: 0, pending: 100 });

      await server.stop();
      await serve(mismatch.right?.() ?? ports);
      await until(() => transport.flush().then(() => true));
      expect(await server.command(['ZSCORE', 'common:app:info', 'hello'])).toBe('100');
      expect(transport.stats()).toMatchObject({ written: 100, pending: 0 });
      const shown = inspect(warnings, { depth: 10, showHidden: true });
      for (const secret of [PASSWORD, 'PRIVATE KEY', 'redis://']) expect(shown).not.toContain(secret);
      await transport.close();
    },
  );
});
