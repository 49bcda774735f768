/** PagerDuty: an alarm as an event of the Events API v2, whose repeats open no second incident. */

import { type Alarm, type AlarmDigest, alarmText } from 'winston-redis-recent-common';

/** Longest summary. An event has up to 512 KB (developer.pagerduty.com/docs/send-alert-event). */
const MOST_CHARACTERS = 1024;
/** Alarms of a digest that are listed. */
const MOST_LISTED = 50;
const SEVERITIES = ['critical', 'error', 'warning', 'info'];

function cut(text: string): string {
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS - 1).replace(/[\ud800-\udbff]$/, '')}…`
    : text;
}

/** The gravest severity of an alarm or a digest that PagerDuty knows. */
function severity(alarm: Alarm | AlarmDigest): string {
  const found = alarm.kind === 'digest' ? alarm.alarms.map((each) => each.severity) : [alarm.severity];
  return SEVERITIES.find((each) => found.includes(each)) ?? 'error';
}

function details(alarm: Alarm | AlarmDigest): object {
  if (alarm.kind === 'digest')
    return { alarms: alarm.alarms.slice(0, MOST_LISTED).map((each) => cut(alarmText(each))) };
  const { kind, name, message, count, expected, firstSeen, sample } = alarm;
  return {
    kind,
    logger: name,
    message,
    count,
    expected,
    first_seen: firstSeen,
    line: sample?.message,
    stack: sample?.stack,
  };
}

/**
 * The request that triggers an event. PagerDuty keeps it open until somebody resolves it.
 *
 * @param routingKey - the integration key of the service, which is a secret
 */
export function toPagerDuty(
  routingKey: string,
  alarm: Alarm | AlarmDigest,
  url = 'https://events.pagerduty.com/v2/enqueue',
): Request {
  const names = alarm.kind === 'digest' ? [...new Set(alarm.alarms.map(({ name }) => name))] : [alarm.name];
  const event = {
    routing_key: routingKey,
    event_action: 'trigger',
    // Up to 255 characters.
    dedup_key: alarm.id,
    payload: {
      summary: cut(alarmText(alarm)),
      source: cut(names.join(', ')),
      severity: severity(alarm),
      timestamp: alarm.at.toISOString(),
      class: alarm.kind,
      custom_details: details(alarm),
    },
  };
  const body = JSON.stringify(event);
  return new Request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
