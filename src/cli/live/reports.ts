/** Leaves out of what is typed what a terminal itself reports: its mouse, its focus, its colours. */

/**
 * Reports, as in https://invisible-island.net/xterm/ctlseqs/ctlseqs.html: of the mouse, in its three forms; of the device and its
 * modes; of its state, its cursor and its size; of focus; and texts, such as colours, up to their end.
 */
const REPORT = [
  String.raw`\[<[\d;]*[Mm]`,
  String.raw`\[M[^]{3}`,
  String.raw`\[\d+;\d+;\d+M`,
  String.raw`\[[?>=][\d;$]*[@-~]`,
  String.raw`\[[\d;]+[nRt]`,
  String.raw`\[[IO]`,
  String.raw`[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)`,
];
const REPORTS = new RegExp(`\u001b(?:${REPORT.join('|')})`, 'g');

/** A chunk of the input without the reports in it. One comes at once, so none is looked for beyond the chunk. */
export function withoutReports(chunk: Buffer | string): Buffer {
  return Buffer.from(
    Buffer.from(chunk as string)
      .toString('latin1')
      .replace(REPORTS, ''),
    'latin1',
  );
}
