/** With which looks and signs the interactive `top` is drawn. */

import type { Marks } from '../terminal/sparkline';
import type { Style } from '../terminal/style';

export interface Look {
  readonly style: Style;
  /** Without any colours. */
  readonly plain: Style;
  readonly marks: Marks;
}
