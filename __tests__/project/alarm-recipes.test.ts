import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toDiscord } from '../../examples/recipes/alarm-discord';
import { toNtfy } from '../../examples/recipes/alarm-ntfy';
import { toPagerDuty } from '../../examples/recipes/alarm-pagerduty';
import { createReceiver } from '../../examples/recipes/alarm-receiver';
import { toSlack } from '../../examples/recipes/alarm-slack';
import { toTeams } from '../../examples/recipes/alarm-teams';
import { type Alarm, type AlarmDigest, alarmText } from '../../src';
import { type Posted, ReceivingServer } from '../support/receiving-server';
import { until } from '../support/wait';
import { logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';

const FENCE = '```';
const HOSTILE = `<!channel> <@U1> @everyone @here <at>all</at> *b* _i_ [x](https://evil.example) {{DATE(2026-11-24)}} \${x} & ${FENCE} \u202e`;

const ALARM: Alarm = {
  id: 'kV3hD0aXb2Qe7_rT-9LmWs',
  kind: 'new',
  name: 'shop',
  severity: 'error',
  message: 'payment <number> refused',
  count: 12,
  expected: 0,
  firstSeen: new Date('2026-11-24T12:41:07Z'),
  sample: {
    time: new Date('2026-11-24T12:41:07.123Z'),
    message: 'payment 17 refused',
    stack: 'Error: refused\n    at pay (shop.js:1:2)',
  },
  minutes: [],
  at: new Date('2026-11-24T12:41:08Z'),
};
const hostile: Alarm = {
  ...ALARM,
  name: HOSTILE.slice(0, 100),
  severity: 'audit',
  message: HOSTILE,
  sample: { time: ALARM.at, message: HOSTILE, stack: `${HOSTILE}\n${FENCE}${FENCE}\`\` ${HOSTILE}` },
};
const huge: Alarm = {
  ...ALARM,
  message: `${'😀&<'.repeat(20_000)}`,
  sample: { time: ALARM.at, message: 'é'.repeat(50_000), stack: '`'.repeat(50_000) },
};
const silent: Alarm = { ...ALARM, kind: 'silent', count: 0, expected: 40, firstSeen: null, sample: null };
const digest: AlarmDigest = {
  id: ALARM.id,
  kind: 'digest',
  count: 1000,
  alarms: Array.from({ length: 1000 }, (_, i) => ({
    ...hostile,
    message: `${HOSTILE}${'é'.repeat(500)}`,
    sample: null,
    severity: i % 2 ? 'critical' : 'error',
  })),
  at: ALARM.at,
};
const CASES: [string, Alarm | AlarmDigest][] = [
  ['an alarm', ALARM],
  ['markup and mentions', hostile],
  ['texts without end', huge],
  ['a silent logger', silent],
  ['a digest', digest],
];

let server: ReceivingServer;

beforeEach(async () => {
  server = await ReceivingServer.start((response) => response.writeHead(204).end());
});
afterEach(() => server.close());

/** Posts a request of a recipe, and gives what came. */
async function post(request: Request): Promise<Posted & { readonly json: never }> {
  expect((await fetch(request)).ok).toBe(true);
  const [posted] = server.posted as [Posted];
  expect(posted.headers['content-type']).toBe('application/json');
  expect(posted.body).not.toContain('\ufffd');
  return { ...posted, json: JSON.parse(posted.body) as never };
}

/** What a block of code holds. */
function fenced(text: string): string {
  const [, inside] = /^```\n([^]*)\n```$/.exec(text) as unknown as [string, string];
  expect(inside).not.toContain(FENCE);
  return inside;
}

describe('recipe for Slack', () => {
  interface Message {
    text: string;
    blocks: { type: string; text: { type: string; text: string; verbatim?: boolean } }[];
  }

  it.each(CASES)('makes a message of %s that Slack takes, without mentions, links or markup', async (_, alarm) => {
    const { json } = await post(toSlack(`${server.url}/services/T/B/secret`, alarm));
    const { text, blocks } = json as Message;
    for (const each of [text, ...blocks.map((block) => block.text.text)]) {
      expect(each.length).toBeGreaterThan(0);
      expect(each.length).toBeLessThanOrEqual(3000);
      expect(each).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
    }
    const [line, code] = blocks;
    expect(line?.text.type).toBe('plain_text');
    if (code) expect(fenced(code.text.text)).not.toBe('');
    expect(code?.text.verbatim ?? true).toBe(true);
  });

  it('has the line and the stack of an alarm', async () => {
    const { json } = await post(toSlack(server.url, ALARM));
    const { text, blocks } = json as Message;
    expect(text).toBe('new error in shop: payment &lt;number&gt; refused (12 times, first 2026-11-24T12:41:07Z)');
    expect(fenced(String(blocks[1]?.text.text))).toBe('payment 17 refused\nError: refused\n    at pay (shop.js:1:2)');
  });
});

describe('recipe for Teams', () => {
  interface Message {
    type: string;
    attachments: {
      contentType: string;
      content: { type: string; version: string; body: { type: string; inlines: { type: string; text: string }[] }[] };
    }[];
  }

  it.each(CASES)('makes a card of %s that is small enough, without Markdown and functions', async (_, alarm) => {
    const { json, body } = await post(toTeams(server.url, alarm));
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(28 * 1024);
    const { type, attachments } = json as Message;
    expect([type, attachments.length]).toEqual(['message', 1]);
    expect(attachments[0]?.contentType).toBe('application/vnd.microsoft.card.adaptive');
    const { content } = attachments[0] as Message['attachments'][number];
    expect(content).toMatchObject({ type: 'AdaptiveCard', version: '1.4' });
    for (const block of content.body) {
      expect(block.type).toBe('RichTextBlock');
      for (const { type: kind, text } of block.inlines) {
        expect(kind).toBe('TextRun');
        expect(text).not.toMatch(/[{$]\{/);
      }
    }
  });

  it('has the line and the stack of an alarm', async () => {
    const { json } = await post(toTeams(server.url, ALARM));
    const texts = (json as Message).attachments[0]?.content.body.map(({ inlines }) => inlines[0]?.text);
    expect(texts).toEqual([alarmText(ALARM), 'payment 17 refused\nError: refused\n    at pay (shop.js:1:2)']);
  });
});

describe('recipe for Discord', () => {
  interface Message {
    content: string;
    allowed_mentions: unknown;
  }

  it.each(CASES)('makes a message of %s that Discord takes, as code and without notifying anyone', async (_, alarm) => {
    const { json, path } = await post(toDiscord(`${server.url}/api/webhooks/1/secret`, alarm));
    const { content, allowed_mentions: mentions } = json as Message;
    expect(path).toBe('/api/webhooks/1/secret?wait=true');
    expect(content.length).toBeLessThanOrEqual(2000);
    expect(fenced(content)).not.toBe('');
    expect(mentions).toEqual({ parse: [] });
  });

  it('has the line and the stack of an alarm', async () => {
    const { json } = await post(toDiscord(server.url, ALARM));
    expect(fenced((json as Message).content)).toBe(
      `${alarmText(ALARM)}\npayment 17 refused\nError: refused\n    at pay (shop.js:1:2)`,
    );
  });
});

describe('recipe for PagerDuty', () => {
  interface Event {
    routing_key: string;
    event_action: string;
    dedup_key: string;
    payload: { summary: string; source: string; severity: string; timestamp: string; custom_details: object };
  }
  const KEY = 'e93facc04764012d7bfb002500d5d1a6';

  it.each(CASES)('makes an event of %s that PagerDuty takes, with its id as key', async (_, alarm) => {
    const { json, body } = await post(toPagerDuty(KEY, alarm, server.url));
    const { payload, ...event } = json as Event;
    expect(event).toEqual({ routing_key: KEY, event_action: 'trigger', dedup_key: alarm.id });
    expect(Buffer.byteLength(body)).toBeLessThan(512 * 1024);
    for (const text of [payload.summary, payload.source]) {
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual(1024);
    }
    expect(['critical', 'error', 'warning', 'info']).toContain(payload.severity);
    expect(new Date(payload.timestamp)).toEqual(alarm.at);
  });

  it('has the severity, the counts and the stack of an alarm, and the gravest severity of a digest', async () => {
    const { json } = await post(toPagerDuty(KEY, ALARM, server.url));
    expect((json as Event).payload).toMatchObject({
      summary: alarmText(ALARM),
      source: 'shop',
      severity: 'error',
      custom_details: { count: 12, stack: ALARM.sample?.stack, line: 'payment 17 refused' },
    });
    server.posted.length = 0;
    const { json: other } = await post(toPagerDuty(KEY, digest, server.url));
    expect((other as Event).payload.severity).toBe('critical');
  });
});

describe('recipe for ntfy', () => {
  it.each(CASES)(
    'makes a notification of %s that is no attachment, with nothing of the log in a header',
    async (_, alarm) => {
      const { json, headers } = await post(toNtfy(server.url, 'errors', alarm, 'tk_secret'));
      const { topic, title, message, priority } = json as Record<string, string>;
      expect(topic).toBe('errors');
      expect(Buffer.byteLength(String(message))).toBeLessThanOrEqual(4096);
      expect(Buffer.byteLength(String(title))).toBeLessThanOrEqual(200);
      expect([3, 4, 5]).toContain(priority);
      expect(headers.authorization).toBe('Bearer tk_secret');
      expect(JSON.stringify(headers)).not.toMatch(/shop|channel/);
    },
  );

  it('has the line, the stack and a priority by the severity', async () => {
    const { json } = await post(toNtfy(server.url, 'errors', ALARM));
    expect(json).toMatchObject({
      title: alarmText(ALARM),
      message: `${alarmText(ALARM)}\npayment 17 refused\nError: refused\n    at pay (shop.js:1:2)`,
      priority: 4,
    });
  });
});

describe('recipe for a receiver', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open();
  });
  afterAll(() => workspace.close());
  const { atEnd, watch, oldLogger } = watchersForTests(() => workspace);

  async function serve(listener: RequestListener): Promise<string> {
    const receiver = createServer(listener).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    atEnd(() => receiver.close().closeAllConnections());
    return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  }

  async function send(url: string, secret: string, body: string, seconds = Date.now() / 1000): Promise<number> {
    const timestamp = String(Math.floor(seconds));
    const signature = `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
    const headers = { 'x-timestamp': timestamp, 'x-signature': signature };
    return (await fetch(url, { method: 'POST', headers, body })).status;
  }

  it('takes what a watcher posts', async () => {
    const received: { text: string; id: string }[] = [];
    const url = await serve(createReceiver('key', async (alarm) => void received.push(alarm)));
    const transport = await oldLogger('receiver');
    const { alarms, watcher } = watch({ names: ['receiver'], webhook: { url, secret: 'key' } });
    await logErrors(transport, 'payment 17 refused');
    await until(() => watcher.stats().told);
    expect(received).toMatchObject([{ id: alarms[0]?.id, message: 'payment <number> refused' }]);
  });

  it('takes an alarm once, and again if taking it failed', async () => {
    const taken: string[] = [];
    const take = async ({ id }: { readonly id: string }): Promise<void> => {
      if (taken.push(id) === 1) throw new Error('no');
    };
    const url = await serve(createReceiver('key', take));
    const body = JSON.stringify({ id: 'a' });
    expect([await send(url, 'key', body), await send(url, 'key', body), await send(url, 'key', body)]).toEqual([
      500, 204, 200,
    ]);
    expect(taken).toEqual(['a', 'a']);
  });

  it('refuses another signature, another time, a body that was changed or is too long, and none at all', async () => {
    const url = await serve(
      createReceiver('key', () => {
        throw new Error('taken');
      }),
    );
    expect(await send(url, 'other', '{}')).toBe(401);
    expect(await send(url, 'key', '{}', Date.now() / 1000 - 3600)).toBe(401);
    expect(await send(url, 'key', '{}', Number.NaN)).toBe(401);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await fetch(url)).status).toBe(401);
    expect(await send(url, 'key', `"${'x'.repeat(4_000_000)}"`)).toBe(413);
  });
});
