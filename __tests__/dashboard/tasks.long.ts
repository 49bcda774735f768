import { join } from 'node:path';
import { SHOP, STACK } from '../../examples/demo/incident';
import { compiledRoot } from '../support/compiled';
import { describeWithClock } from '../support/redis/server-clock';
import { CliProcess } from '../support/viewers/cli-process';
import { type Element, parseHtml, seenElements, seenText } from '../support/viewers/html-tree';
import { SeededIncident } from '../support/viewers/incident';
import { screenLines } from '../support/viewers/virtual-terminal';
import { until } from '../support/wait';

/** The build that is measured: this one, or the `dist` of another. */
const PROGRAM = process.env.AGAINST ? join(process.env.AGAINST, 'cli/bin.js') : join(compiledRoot(), 'src/cli/bin.js');
const MOST_CLICKS = 3;
const MOST_KEYS = 4;
const KEYS = ['j', '\r'];
const COMMANDS = [
  ['top'],
  ['top', SHOP],
  ['ls'],
  ['tail', SHOP],
  ['tail', SHOP, '-n', '1000'],
  ['tail', SHOP, '-l', 'error'],
];

/** What a person on call asks of the error of the incident that has a stack. */
const QUESTIONS = ['what broke', 'when did it begin', 'a stack'] as const;
const ALL = 'all of these';
const MESSAGE = STACK.split('\n', 1)[0] as string;
const FRAME = (STACK.split('\n')[1] as string).trim();
/** In the 35th minute of its hour. */
const BEGAN = /(?<![\d:])\d\d:34(?!\d)/;

/** Which of the questions texts answer. A time answers if it stands beside the message. */
function answers(texts: readonly string[]): Set<string> {
  const about = texts.filter((text) => text.includes(MESSAGE.slice(0, 14)));
  const found = [
    about.some((text) => /new/i.test(text)),
    about.some((text) => BEGAN.test(text)),
    texts.some((text) => text.includes(FRAME)),
  ];
  return new Set(QUESTIONS.filter((_, i) => found[i]));
}

/** What stands together on a screen: all of it if it is about one message, else its rows, and what is below the list. */
function screenGroups(screen: string): string[] {
  const lines = screen.split('\n').slice(1);
  return screen.includes('first seen:') ? [screen] : [...lines, lines.slice(-4).join('\n')];
}

/** Rows, cards and panels of a page: the texts in each belong together, but for the times beside the rows of a panel. */
function groups(page: Element, open: ReadonlySet<Element>): string[] {
  const kinds = ['tr', 'li', 'section'];
  return seenElements(page, open)
    .filter(({ tag }) => kinds.includes(tag))
    .map((group) => {
      const isWhole = !seenElements(group, open).some((inner) => inner !== group && kinds.includes(inner.tag));
      const text = seenText(group, open);
      return isWhole ? text : text.replaceAll(/\d\d:\d\d/g, '');
    });
}

/** A page, or a whole line as a page. A server closes connections that were idle while ways were looked through. */
async function readPage(url: string): Promise<Element> {
  const response = await fetch(url).catch(() => fetch(url));
  const body = await response.text();
  if (response.headers.get('content-type')?.startsWith('text/html')) return parseHtml(body);
  return { tag: 'section', attributes: {}, children: [body] };
}

/** A way through the pages. */
interface Way {
  readonly url: string;
  readonly open: ReadonlySet<Element>;
  readonly clicks: readonly string[];
  readonly answered: ReadonlySet<string>;
}

jest.setTimeout(600_000);

describeWithClock('the questions of a person on call', () => {
  let incident: SeededIncident;

  beforeAll(async () => {
    incident = await SeededIncident.open();
  });
  afterAll(async () => {
    await CliProcess.killAll();
    await incident.close();
  });

  const at = (): string[] => ['--url', incident.url, '--prefix', incident.workspace.prefix];
  const start = (args: readonly string[], isInTerminal: boolean): CliProcess => {
    const env = { TZ: 'UTC' };
    if (!isInTerminal) return CliProcess.start([...args, ...at()], env, [PROGRAM]);
    return CliProcess.startInTerminal([...args, ...at()], { program: [PROGRAM], env, prepare: 'stty cols 80 rows 24' });
  };

  it('are answered by the page, starting from its address, with two clicks', async () => {
    const server = start(['serve', '--port', '0'], false);
    await server.shows(/http:\S+/);
    const found = await search(/http:\S+/.exec(server.stdout)?.[0] as string);
    for (const question of [...QUESTIONS, ALL]) {
      const clicks = found.get(question);
      console.log(`page, ${question}: ${clicks ? [clicks.length, ...clicks].join(', ') : `not within ${MOST_CLICKS}`}`);
    }
    if (!process.env.AGAINST) expect(found.get(ALL)).toHaveLength(2);
  });

  /** Goes all ways of few clicks from an address. Returns the shortest that answers each question, and all of them. */
  async function search(address: string): Promise<Map<string, readonly string[]>> {
    const best = new Map<string, readonly string[]>();
    const pages = new Map<string, Element>();
    const known = new Set<string>();
    let ways: Way[] = [{ url: address, open: new Set(), clicks: [], answered: new Set() }];
    for (let clicks = 0; clicks <= MOST_CLICKS && !best.has(ALL); clicks++) {
      const next: Way[] = [];
      for (const way of ways) {
        const page = pages.get(way.url) ?? (await readPage(way.url));
        pages.set(way.url, page);
        const answered = new Set([...way.answered, ...answers(groups(page, way.open))]);
        for (const question of answered) if (!best.has(question)) best.set(question, way.clicks);
        if (answered.size === QUESTIONS.length) best.set(ALL, way.clicks);
        const steps = seenElements(page, way.open).map((element) => click(way, element));
        for (const step of steps.filter((each) => each !== undefined)) {
          const id = JSON.stringify([step.url, [...step.open].map((each) => seenText(each, step.open)), [...answered]]);
          if (!known.has(id)) next.push({ ...step, answered });
          known.add(id);
        }
      }
      ways = next;
    }
    return best;
  }

  /** Follows a link, or opens what unfolds; undefined if an element cannot be clicked or leads out of the page. */
  function click({ url, open, clicks, answered }: Way, { tag, attributes, children }: Element): Way | undefined {
    const label = children
      .map((child) => (typeof child === 'string' ? child : seenText(child, open)))
      .join(' ')
      .trim()
      .slice(0, 50);
    if (tag === 'a' && attributes['href'] && !attributes['href'].includes('format=json')) {
      return { url: new URL(attributes['href'], url).href, open: new Set(), clicks: [...clicks, label], answered };
    }
    if (tag !== 'details' || 'open' in attributes) return undefined;
    const element = { tag, attributes, children };
    return { url, open: new Set([...open, element]), clicks: [...clicks, `unfold ${label.slice(0, 40)}`], answered };
  }

  it('are answered by the terminal, starting from a command line, with four keys at most', async () => {
    for (const command of COMMANDS) {
      const { stdout } = await start(command, false).ended();
      const lines = stdout.split('\n');
      console.log(`terminal, ${command.join(' ')}: ${[...answers(lines)].join(', ') || 'nothing'}`);
    }
    const best = new Map<string, string>();
    let ways = [''];
    for (let count = 0; count <= MOST_KEYS && best.size < QUESTIONS.length + 1; count++) {
      for (const way of ways) {
        const found = await lookAround(way);
        // Another build may have no keys.
        if (!found) return;
        const all = found.size === QUESTIONS.length ? [ALL] : [];
        for (const question of [...found, ...all]) if (!best.has(question)) best.set(question, way);
      }
      ways = ways.flatMap((way) => KEYS.map((key) => way + key));
    }
    for (const [question, keys] of best) console.log(`top, ${question}: ${keys.length}, ${JSON.stringify(keys)}`);
    expect([...best.keys()]).toContain(ALL);
  });

  /** What the screens of an interactive `top` tell; undefined if it is not interactive. */
  async function lookAround(keys: string): Promise<Set<string> | undefined> {
    const cli = start([], true);
    const screen = async (): Promise<string> => (await screenLines(cli.stdout, 80, 24)).join('\n');
    await cli.shows('STATUS');
    const found = new Set<string>();
    for (const key of ['', ...Array.from(keys)]) {
      const { length } = cli.stdout;
      cli.type(key);
      let before = '';
      await until(async () => {
        const now = await screen();
        const isSteady = now === before && (key === '' || cli.stdout.length > length);
        before = now;
        return isSteady;
      }, 20_000);
      for (const each of answers(screenGroups(before))) found.add(each);
    }
    if (!cli.stdout.includes('\u001b[?1049h')) return undefined;
    cli.type('qq');
    await cli.ended();
    return found;
  }
});
