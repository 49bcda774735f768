/** Runs the first example of the README, as a newcomer does: with a Redis, and without. */

import { clearOfTheTurn } from '../support/hours';
import { type Ended, runProgram } from '../support/program';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { readText } from '../support/source-tree';

const [, example = '', output = ''] = /```js\n([^]*?)```[^]*?```\n([^]*?)```/.exec(readText('README.md')) ?? [];

/** The programs of the tests are CommonJS. */
function runExample(url: string): Promise<Ended> {
  const program = example
    .replace(/^import (.+) from (.+);$/gm, 'const $1 = require($2);')
    .replace('redis://localhost:6379', url);
  return runProgram(`(async () => {${program}})();`, { NODE_NO_WARNINGS: '1' });
}

function withoutTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}

describeWithServer('first example of the README', () => {
  it.concurrent('prints the documented output', async () => {
    const server = await RedisServer.start();
    await clearOfTheTurn();
    const ended = await runExample(server.url);
    await server.stop();
    expect(ended).toEqual({ code: 0, stdout: expect.any(String), stderr: '' });
    expect(withoutTimes(ended.stdout)).toBe(withoutTimes(output));
  });
});

describe('first example of the README without a Redis', () => {
  it.concurrent('prints the reason without a stack trace, and ends', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const ended = await runExample(`redis://${host}`);
    expect(ended).toEqual({ code: 0, stdout: '', stderr: expect.stringContaining(`connect ECONNREFUSED ${host}`) });
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });
});
