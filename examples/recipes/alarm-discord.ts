/** Discord: an alarm as a message of a webhook, as code in which nothing is markup, and which mentions nobody. */

import { type Alarm, type AlarmDigest, alarmText } from 'winston-redis-recent-common';

/** Longest content of a message (discord.com/developers/docs/resources/webhook#execute-webhook). */
const MOST_CHARACTERS = 2000;

/** A block of code. Backticks in it are kept apart by a character that is not seen, so that no three of them end it. */
function code(text: string): string {
  const whole = text.replace(/`(?=`)/g, '`\u200b');
  const most = MOST_CHARACTERS - 8;
  const shown = whole.length > most ? `${whole.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : whole;
  return `\`\`\`\n${shown}\n\`\`\``;
}

/** The alarms of a digest, or a logged line with its stack. */
function detail(alarm: Alarm | AlarmDigest): string {
  if (alarm.kind === 'digest') return alarm.alarms.map(alarmText).join('\n');
  return alarm.sample ? [alarm.sample.message, alarm.sample.stack].filter(Boolean).join('\n') : '';
}

/**
 * The request that posts an alarm.
 *
 * @param webhook - the URL of the webhook, which is a secret
 */
export function toDiscord(webhook: string, alarm: Alarm | AlarmDigest): Request {
  const url = new URL(webhook);
  // The reply comes once the message is stored, and says why if it is not.
  url.searchParams.set('wait', 'true');
  const content = code(`${alarmText(alarm)}\n${detail(alarm)}`);
  // Without it, @everyone, @here and roles would be notified (discord.com/developers/docs/resources/message#allowed-mentions-object).
  const body = JSON.stringify({ content, allowed_mentions: { parse: [] } });
  return new Request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
