/** Microsoft Teams: an alarm as an Adaptive Card for a workflow that starts when a webhook request is received. */

import { type Alarm, type AlarmDigest, alarmText } from 'winston-redis-recent-common';

/**
 * A message has up to 28 KB, and these two make 16 KB at most
 * (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook).
 */
const MOST_CHARACTERS = 1000;
const MOST_DETAIL_CHARACTERS = 3000;

/**
 * A block of text without Markdown: a TextRun has none, a TextBlock has (adaptivecards.io/explorer/TextRun.html). `{{DATE(…)}}` and
 * `${…}` would be replaced.
 */
function textBlock(text: string, most: number, look: object): object {
  const whole = text.replace(/(?<=[{$])(?=\{)/g, ' ');
  const shown = whole.length > most ? `${whole.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : whole;
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: shown, ...look }] };
}

/** What follows the first line: the alarms of a digest, or a logged line with its stack. */
function detail(alarm: Alarm | AlarmDigest): string | undefined {
  if (alarm.kind === 'digest') return alarm.alarms.map(alarmText).join('\n');
  return alarm.sample ? [alarm.sample.message, alarm.sample.stack].filter(Boolean).join('\n') : undefined;
}

/**
 * The request that posts an alarm.
 *
 * @param webhook - the URL of the workflow, which is a secret
 */
export function toTeams(webhook: string, alarm: Alarm | AlarmDigest): Request {
  const more = detail(alarm);
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      textBlock(alarmText(alarm), MOST_CHARACTERS, { weight: 'Bolder' }),
      ...(more ? [textBlock(more, MOST_DETAIL_CHARACTERS, { fontType: 'Monospace', size: 'Small' })] : []),
    ],
    msteams: { width: 'Full' },
  };
  const card = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
  const body = JSON.stringify({ type: 'message', attachments: [card] });
  return new Request(webhook, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
