/** ntfy: an alarm as a notification on a phone, with a priority by its severity. */

import { type Alarm, type AlarmDigest, alarmText } from 'winston-redis-recent-common';

/** Longer messages would become attachments (docs.ntfy.sh/publish/#limitations). */
const MOST_BYTES = 4096;
/** docs.ntfy.sh/publish/#message-priority */
const PRIORITIES: Readonly<Record<string, number>> = { critical: 5, error: 4 };

/** A text of at most so many bytes, cut between two characters. */
function cut(text: string, most: number): string {
  const bytes = Buffer.from(text.toWellFormed());
  if (bytes.length <= most) return text;
  const shown = new TextDecoder().decode(bytes.subarray(0, most - 3), { stream: true });
  return `${shown}…`;
}

/** The alarms of a digest, or a logged line with its stack. */
function detail(alarm: Alarm | AlarmDigest): string {
  if (alarm.kind === 'digest') return alarm.alarms.map(alarmText).join('\n');
  return alarm.sample ? [alarm.sample.message, alarm.sample.stack].filter(Boolean).join('\n') : '';
}

/**
 * The request that publishes an alarm, as JSON (docs.ntfy.sh/publish/#publish-as-json): text of the log is in no header.
 *
 * @param server - such as `https://ntfy.sh`
 * @param topic - whoever knows it can read it, so it is a secret
 * @param token - an access token, if the topic wants one
 */
export function toNtfy(server: string, topic: string, alarm: Alarm | AlarmDigest, token?: string): Request {
  const severities = alarm.kind === 'digest' ? alarm.alarms.map(({ severity }) => severity) : [alarm.severity];
  const body = JSON.stringify({
    topic,
    title: cut(alarmText(alarm), 200),
    message: cut(`${alarmText(alarm)}\n${detail(alarm)}`.trim(), MOST_BYTES),
    priority: Math.max(...severities.map((severity) => PRIORITIES[severity] ?? 3)),
    tags: ['rotating_light'],
  });
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  return new Request(server, { method: 'POST', headers, body });
}
