/** Slack: an alarm as a message of an incoming webhook, in which nothing of the log is markup or mentions anyone. */

import { type Alarm, type AlarmDigest, alarmText } from 'winston-redis-recent-common';

/** Longest text of a section (docs.slack.dev/reference/block-kit/composition-objects/text-object). */
const MOST_CHARACTERS = 3000;

/** A mention is `<!channel>` or `<@U…>`, so these three are escaped (docs.slack.dev/messaging/formatting-message-text). */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text that Slack shows as it is, cut to a length that counts the escapes. */
function escape(text: string, most: number): string {
  let escaped = '';
  for (const character of text) {
    const next = ENTITIES[character] ?? character;
    if (escaped.length + next.length >= most) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
}

/** Text for a block of code, which three backticks would end. */
function code(text: string): string {
  const shown = escape(text.replaceAll('```', "'''"), MOST_CHARACTERS - 8);
  return `\`\`\`\n${shown}\n\`\`\``;
}

/** What follows the first line: the alarms of a digest, or a logged line with its stack. */
function detail(alarm: Alarm | AlarmDigest): string | undefined {
  if (alarm.kind === 'digest') return alarm.alarms.map(alarmText).join('\n');
  return alarm.sample ? [alarm.sample.message, alarm.sample.stack].filter(Boolean).join('\n') : undefined;
}

/**
 * The request that posts an alarm.
 *
 * @param webhook - the URL of the incoming webhook, which is a secret
 */
export function toSlack(webhook: string, alarm: Alarm | AlarmDigest): Request {
  const text = escape(alarmText(alarm), MOST_CHARACTERS);
  const more = detail(alarm);
  const blocks = [
    { type: 'section', text: { type: 'plain_text', emoji: false, text } },
    // Without `verbatim` Slack would make links of names and URLs.
    ...(more ? [{ type: 'section', text: { type: 'mrkdwn', verbatim: true, text: code(more) } }] : []),
  ];
  // The text is for notifications, which show no blocks.
  const body = JSON.stringify({ text, blocks, unfurl_links: false });
  return new Request(webhook, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
