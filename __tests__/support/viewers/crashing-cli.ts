/** Runs the command line program, which crashes when ! is typed. */

process.stdin.on('data', (text) => {
  if (String(text).includes('!')) throw new Error('crashed on purpose');
});
require('../../../src/cli/bin');
