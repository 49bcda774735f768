import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RecentCommonReader } from '../../src';
import { SiteProcess, tableRows } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

const ROOT = join(__dirname, '../..');
const FILES = readdirSync(join(ROOT, 'examples')).filter((file) => /^dashboard-.*\.ts$/.test(file));

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

/** A running example and a user who may see its page. */
class Example {
  readonly #site: SiteProcess;
  #cookie = '';

  private constructor(site: SiteProcess) {
    this.#site = site;
  }

  static async start(file: string): Promise<Example> {
    return new Example(
      await SiteProcess.start([`examples/${file.replace('.ts', '.js')}`], { REDIS_URL: workspace.url }),
    );
  }

  get origin(): string {
    return this.#site.address.origin;
  }

  /** Gets a cookie if the address that the example prints gives one. */
  async signIn(): Promise<void> {
    const response = await this.get(this.#site.address.pathname);
    this.#cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  get(path: string, init: RequestInit = {}, isKnown = true): Promise<Response> {
    const { username, password } = this.#site.address;
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const headers = { ...(isKnown && { cookie: this.#cookie, ...(username && { authorization: basic }) }) };
    return fetch(`${this.origin}${path}`, { redirect: 'manual', ...init, headers });
  }

  end(): Promise<number | null> {
    return this.#site.end();
  }
}

describe('examples of the dashboard', () => {
  it('show each way to mount it', () => {
    expect(FILES.sort()).toEqual([
      'dashboard-express.ts',
      'dashboard-fastify.ts',
      'dashboard-hono.ts',
      'dashboard-http.ts',
    ]);
  });
});

describe.each(FILES)('the example %s', (file) => {
  let example: Example;

  beforeAll(async () => {
    example = await Example.start(file);
    await example.signIn();
  }, 60_000);
  afterAll(() => example?.end());

  it.each(['/logs', '/logs/'])('shows what it logs at %s, and answers every link of the page', async (path) => {
    const html = await until(async () => {
      const page = await (await example.get(`${path}?name=shop`)).text();
      return tableRows(page, 'lines').some((cells) => cells.at(-1) === 'started') ? page : undefined;
    });
    const base = new URL(path, example.origin);
    const references = [...html.matchAll(/(?:src|href)="(\?[^"]*)"/g)].map(([, reference]) => reference as string);
    expect(references).toEqual(expect.arrayContaining(['?asset=script', '?asset=style']));
    for (const reference of [...references, '?', '?format=json']) {
      const { pathname, search } = new URL(reference.replaceAll('&amp;', '&'), base);
      const response = await example.get(pathname + search);
      expect([reference, response.status]).toEqual([reference, 200]);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      await response.text();
    }
  });

  it('answers HEAD without a body, and refuses POST', async () => {
    const headed = await example.get('/logs', { method: 'HEAD' });
    expect([headed.status, await headed.text()]).toEqual([200, '']);
    const posted = await example.get('/logs', { method: 'POST' });
    expect(posted.status).toBe(405);
    await posted.text();
  });

  if (file !== 'dashboard-http.ts') {
    it('shows nothing to a user who is not signed in', async () => {
      for (const query of ['', '?asset=script', '?format=json']) {
        const response = await example.get(`/logs${query}`, {}, false);
        expect([401, 403]).toContain(response.status);
        expect(await response.text()).not.toContain('shop');
      }
    });
  }

  it('ends by itself after SIGTERM', async () => {
    expect(await example.end()).toBe(0);
  });
});

describe('examples of the dashboard that have run', () => {
  it('have written under a key prefix of their own', async () => {
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: 'example:' });
    expect((await reader.names()).map(({ name }) => name)).toContain('shop');
    reader.close();
  });
});
