import { inspect } from 'node:util';
import type { Paint } from './text';

const LOOKS = ['bold', 'dim', 'inverse', 'red', 'green', 'yellow', 'cyan'] as const;

/** Colours and the like. Where there are none, each leaves a text as it is. */
export type Style = Readonly<Record<(typeof LOOKS)[number], Paint>>;

/** Not `util.styleText`: whether it obeys the environment differs between versions of Node, and here that is decided already. */
export function styleOf(isColored: boolean): Style {
  return Object.fromEntries(LOOKS.map((look) => [look, isColored ? painting(look) : unchanged])) as Style;
}

/**
 * Whether to use colours: as told, else where a terminal that has them is written to and nobody objects.
 *
 * @param env - `NO_COLOR` objects unless it is empty, see no-color.org
 */
export function wantsColor(
  color: 'auto' | 'always' | 'never',
  hasEscapes: boolean,
  env: Readonly<NodeJS.ProcessEnv>,
): boolean {
  if (color !== 'auto') return color === 'always';
  return hasEscapes && !env.NO_COLOR;
}

/** How a severity looks. It always stands there as a word, too. */
export function paintOf(severity: string, style: Style): Paint {
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

function painting(look: (typeof LOOKS)[number]): Paint {
  const [on, off] = inspect.colors[look] as [number, number];
  return (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`);
}
