/** Makes the page of one message: its minutes, when it was seen, a line of it, and its latest lines. */

import { beforeText } from '../../read/message-change';
import { isNotable } from '../../read/surge';
import { NO_CHANGES } from '../data/changes';
import type { MessageRow } from '../data/rows';
import type { MessageSnapshot } from '../data/snapshot';
import { dataHref, type View, viewHref } from '../view';
import { chart, minuteValues } from './drawing';
import type { Markup, MarkupElement } from './markup';
import { formatCount, formatExpected, formatNumber } from './number';
import { badge, levelClass, sample, sinceText, variantList } from './rows';
import { severityLabel } from './severities';
import { note } from './table';
import { textElement, visible } from './text';
import { minuteElement, timeElement } from './time';
import { risingText, windowWords } from './words';

/** Watchers look more often than this. */
const IDLE_MS = 60_000;

/** What has become of the message, in a sentence. */
export function messageStatus({ row, severity }: MessageSnapshot, view: View): string {
  if (!row) return 'Not logged in this hour or the hour before';
  const calls = `${formatCount(row.count, 'log call')} ${windowWords(view).during}`;
  return `${row.status === 'unknown' ? '' : `${row.status} `}${severity}: ${calls}`;
}

/** What the title of the tab says. */
export function messageTitle({ row }: MessageSnapshot): string {
  return row && isNotable(row.status) ? risingText({ ...NO_CHANGES, [row.status]: 1 }) : '';
}

/** What is known of the message. */
export function aboutPanel({ row, key, told }: MessageSnapshot, view: View, now: Date): MarkupElement {
  const back: Markup = ['p', {}, ['a', { href: viewHref({ ...view, message: undefined }) }, '← All messages']];
  const heading: Markup = [
    'h2',
    { class: 'message' },
    textElement(row?.message ?? key, { isKey: true, href: dataHref(view), isBlock: true }),
  ];
  const facts = [...(row ? rowFacts(row, view, now) : []), ...toldFacts(told, now)];
  const list = facts.map(([term, ...value]): Markup => ['div', {}, ['dt', {}, term], ['dd', {}, ...value]]);
  const level = row ? levelClass(row) : 'level-quiet';
  return ['section', { id: 'about', class: level }, back, heading, ['dl', {}, ...list]];
}

/** A term, and what it says of the message. */
type Fact = readonly [term: string, ...value: Markup[]];

function rowFacts(row: MessageRow, view: View, now: Date): Fact[] {
  const words = windowWords(view);
  return [
    ['Severity', severityLabel(row.severity)],
    ['What became of it', badge(row), ...sinceText(row, now)],
    [words.now, formatNumber(row.count)],
    ['Expected', formatExpected(row.expected)],
    [words.before, formatNumber(row.previous)],
    ['First seen', row.firstSeen ? timeElement(row.firstSeen, now) : 'not known within a week'],
    ['Last seen', ...lastSeen(row, now)],
    ['Before that', beforeText(row)],
  ];
}

/** To the minute, or to the hour if its minutes are not known. */
function lastSeen({ lastSeen: time, minutes }: MessageRow, now: Date): Markup[] {
  if (!time) return ['not known'];
  const isMinute = minutes.some((count) => count !== null && count > 0);
  return isMinute ? [minuteElement(time, now)] : ['in the hour from ', minuteElement(time, now)];
}

/** Nothing of a group that neither runs nor has told anything. */
function toldFacts(told: MessageSnapshot['told'], now: Date): Fact[] {
  if (!told) return [['Told by watchers', 'not known']];
  return told
    .filter(({ watchedAt, alarms }) => watchedAt !== null || alarms.length > 0)
    .map(({ group, watchedAt, alarms }): Fact => {
      const each = alarms.flatMap(({ kind, at }, i): Markup[] => [
        `${i > 0 ? ', ' : ''}${kind} `,
        timeElement(at, now),
      ]);
      const isWatching = watchedAt !== null && now.getTime() - watchedAt.getTime() < IDLE_MS;
      return [
        group === 'default' ? 'Told by watchers' : `Told by watchers ${visible(group)}`,
        ...(each.length > 0 ? each : ['nothing within a week']),
        ...(isWatching ? [] : ['; none is watching']),
      ];
    });
}

export function minutesPanel({ row, end }: MessageSnapshot, now: Date): MarkupElement {
  if (!row) return ['section', { id: 'minutes' }];
  const until = new Date(end);
  const heading: Markup = ['h2', {}, 'Log calls by minute'];
  const isKnown = row.minutes.some((count) => count !== null);
  if (!isKnown) {
    return ['section', { id: 'minutes' }, heading, note('It is not known in which minutes it was logged.')];
  }
  const gaps = row.minutes.includes(null) ? [note('Grey: it is not known whether it was logged then.')] : [];
  const values: Markup = ['details', {}, ['summary', {}, 'Values'], minuteValues(row.minutes, until, now)];
  return ['section', { id: 'minutes' }, heading, chart(row.minutes, until), ...gaps, values];
}

export function samplePanel({ row }: MessageSnapshot, view: View, now: Date): MarkupElement {
  if (!row) return ['section', { id: 'sample' }];
  const line: Markup = ['div', { class: 'sample' }, ...sample(row, view, now)];
  return ['section', { id: 'sample' }, ['h2', {}, 'Line and stack'], line, ...variantList(row)];
}
