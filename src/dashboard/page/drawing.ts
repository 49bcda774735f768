/** Draws log calls by minute in SVG, whose attributes set sizes: the page's policy forbids style attributes. */

import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { timeElement } from './time';

type Minutes = readonly (number | null)[];

/** Height of a sparkline, in units of the drawing; a minute is one unit wide. */
const SPARK = 16;
/** Size of a chart and of its margins, in units of the drawing. */
const CHART = { left: 52, top: 12, width: 600, height: 150, bottom: 24 };
const STEP = 10;
const MINUTE_MS = 60_000;

/** A small drawing of the last minutes. Its label says in words what it shows. */
export function sparkline(minutes: Minutes, grave: Minutes = []): MarkupElement {
  if (minutes.every((count) => count === null)) return ['span', { class: 'unknown' }, '–'];
  const most = Math.max(1, ...minutes.map((count) => count ?? 0));
  const paths: Markup[] = [['path', { class: 'calls', d: bars(minutes, most) }]];
  if (grave.some((count) => count)) paths.push(['path', { class: 'errors', d: bars(grave, most) }]);
  const attributes = { class: 'spark', viewBox: `0 0 ${minutes.length} ${SPARK}`, preserveAspectRatio: 'none' };
  return ['svg', { ...attributes, role: 'img', 'aria-label': describe(minutes, grave) }, ...paths];
}

function describe(minutes: Minutes, grave: Minutes): string {
  const sum = (counts: Minutes): number => counts.reduce((total: number, count) => total + (count ?? 0), 0);
  const most = Math.max(0, ...minutes.map((count) => count ?? 0));
  const errors = grave.length > 0 ? `, ${formatNumber(sum(grave))} of them errors` : '';
  return `${formatNumber(sum(minutes))} in ${minutes.length} minutes${errors}, at most ${formatNumber(most)} in one`;
}

/** At least a tenth of the height for a minute with log calls. */
function bars(minutes: Minutes, most: number): string {
  return minutes
    .map((count, i) => {
      if (!count) return '';
      const top = SPARK - Math.max(SPARK / 10, (count / most) * SPARK);
      return `M${i} ${SPARK}V${Number(top.toFixed(1))}h1V${SPARK}z`;
    })
    .join('');
}

/** A drawing of minutes with axes. The values stand in a table below it. @param end - of the last minute */
export function chart(minutes: Minutes, end: Date): MarkupElement {
  const { left, top, width, height, bottom } = CHART;
  const most = niceCeiling(Math.max(1, ...minutes.map((count) => count ?? 0)));
  const unit = width / minutes.length;
  const base = top + height;
  const x = (i: number): number => Number((left + i * unit).toFixed(1));
  const y = (count: number): number => Number((base - (count / most) * height).toFixed(1));
  const columns = minutes.map((count, i) => (count ? `M${x(i)} ${base}V${y(count)}h${unit - 2}V${base}z` : ''));
  const gaps = minutes.map((count, i) => (count === null ? `M${x(i)} ${base}v4h${unit}v-4z` : ''));
  const lines = [0, most / 2, most].filter(Number.isInteger).flatMap((count): Markup[] => [
    ['path', { class: 'axis', d: `M${left} ${y(count)}h${width}` }],
    ['text', { x: String(left - 6), y: String(y(count) + 4), 'text-anchor': 'end' }, formatNumber(count)],
  ]);
  const labels = Array.from({ length: minutes.length / STEP }, (_, i): Markup => {
    const ago = minutes.length - i * STEP;
    return ['text', { x: String(x(i * STEP)), y: String(base + 18) }, `−${ago} min`];
  });
  const now: Markup = ['text', { x: String(left + width), y: String(base + 18), 'text-anchor': 'end' }, 'now'];
  return [
    'svg',
    {
      class: 'chart',
      viewBox: `0 0 ${left + width + 8} ${base + bottom}`,
      role: 'img',
      'aria-label': `Log calls by minute: ${describe(minutes, [])}, until ${end.toISOString().slice(11, 16)} UTC`,
    },
    ...lines,
    ['path', { class: 'calls', d: columns.join('') }],
    ['path', { class: 'gaps', d: gaps.join('') }],
    ...labels,
    now,
  ];
}

/** Each minute with log calls, newest first. */
export function minuteValues(minutes: Minutes, end: Date, now: Date): MarkupElement {
  const items = minutes.flatMap((count, i): Markup[] => {
    if (!count) return [];
    const start = new Date(end.getTime() - (minutes.length - i) * MINUTE_MS);
    return [['li', {}, timeElement(start, now), ' ', ['b', {}, formatNumber(count)]]];
  });
  const none: Markup[] = items.length > 0 ? [] : [['li', {}, 'none in the last 60 minutes, as far as is known']];
  return ['ul', { class: 'values' }, ...items.reverse(), ...none];
}

/** The least of 1, 2 and 5 times a power of ten that is not smaller, and even from two on. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 10].map((each) => each * power).find((each) => each >= value) ?? value;
}
