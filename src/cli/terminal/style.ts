/** Colours, and the one decision whether to use them. */

import { styleText } from 'node:util';
import type { Paint } from './text';

const LOOKS = ['bold', 'dim', 'inverse', 'red', 'green', 'yellow', 'cyan'] as const;

/** Colours and emphasis. Without colours, each returns its text unchanged. */
export type Style = Readonly<Record<(typeof LOOKS)[number], Paint>>;

export function createStyle(isColored: boolean): Style {
  return Object.fromEntries(LOOKS.map((look) => [look, isColored ? createPaint(look) : unchanged])) as Style;
}

/**
 * Whether to use colours: as asked for, otherwise as `FORCE_COLOR` says, otherwise if the output is a terminal that has them and
 * `NO_COLOR` is unset.
 *
 * @param env - empty variables count as unset; `FORCE_COLOR` is 0 or false for none, see no-color.org and force-color.org
 */
export function wantsColor(
  color: 'auto' | 'always' | 'never',
  hasEscapes: boolean,
  env: Readonly<NodeJS.ProcessEnv>,
): boolean {
  if (color !== 'auto') return color === 'always';
  if (env.FORCE_COLOR) return !['0', 'false'].includes(env.FORCE_COLOR);
  return hasEscapes && !env.NO_COLOR;
}

/**
 * Whether the terminal has more than ASCII, as far as its kind and the locale tell.
 *
 * @param env - without a locale it is taken to have more, as most have
 */
export function wantsUnicode({ TERM, LC_ALL, LC_CTYPE, LANG }: Readonly<NodeJS.ProcessEnv>): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || 'UTF-8';
  // The console of Linux has 256 signs.
  return TERM !== 'linux' && /utf-?8/i.test(locale);
}

/** The colour of a severity. It adds to the word, which is always shown. */
export function severityPaint(severity: string, style: Style): Paint {
  switch (severity) {
    case 'critical':
      return (text) => style.bold(style.red(text));
    case 'error':
      return style.red;
    case 'warning':
      return style.yellow;
    case 'info':
      return style.green;
    default:
      return style.dim;
  }
}

function unchanged(text: string): string {
  return text;
}

/**
 * {@link wantsColor} has decided, so `styleText` must not decide again from stdout and `NO_COLOR`, as it does by default in
 * Node 20.18, 20.20, 22.12, 22.23, 23.11, 24.0, 24.21 and 26.10 (not in 20.12 and 22.0). With `validateStream: false` all of
 * them always paint.
 */
function createPaint(look: (typeof LOOKS)[number]): Paint {
  return (text) => (text === '' ? '' : styleText(look, text, { validateStream: false }));
}
