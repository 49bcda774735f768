/** Shows what a program wrote as a terminal of some size would. */

import { Terminal } from '@xterm/headless';

/** The lines that are on a terminal after it was sent a text, without blanks at their ends. */
export async function screenLines(text: string, columns: number, rows: number): Promise<string[]> {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: rows }, (_, i) => active.getLine(active.baseY + i)?.translateToString(true) ?? '');
  terminal.dispose();
  return lines;
}
