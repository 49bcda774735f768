import { mergePatterns } from '../../src/read/merge-patterns';
import { PatternMemory } from '../../src/read/patterns';
import { readLabelledMessages } from '../support/labelled-messages';

/** The patterns of messages, each once. */
async function listPatterns(
  messages: readonly string[],
  isMerged = true,
  memory = new PatternMemory(),
): Promise<string[]> {
  const patterns = await memory.find('app', messages, isMerged);
  return [...new Set(messages.map((message) => patterns.findPattern(message)))];
}

describe('merging of patterns', () => {
  it.each([
    [
      'a placeholder in the same place',
      ['synchronized to 10.0.0.1, stratum 3', 'synchronized to LOCAL(0), stratum 10'],
      'synchronized to <host>, stratum <number>',
    ],
    ['placeholders of several kinds', ['no lock for job 18', 'no lock for job 10.0.0.5'], 'no lock for job <value>'],
    [
      'one placeholder beside identifiers',
      ['device eth0 is not in use', 'device lo_local is not in use'],
      'device <number> is not in use',
    ],
    [
      'identifiers in brackets',
      ['interrupt link [LNKA] is disabled', 'interrupt link [LNKB] is disabled', 'interrupt link [LNKC] is disabled'],
      'interrupt link [<value>] is disabled',
    ],
    [
      'many words after a label',
      ['orders', 'payments', 'mail', 'audit', 'search'].map((topic) => `topic ${topic} has no subscribers`),
      'topic <value> has no subscribers',
    ],
    [
      'very many words elsewhere',
      'ann bob carl dora emil fritz gita hans'.split(' ').map((name) => `hello ${name} and welcome back`),
      'hello <value> and welcome back',
    ],
  ])('makes one row of keys that differ in one position with %s', async (_, messages, pattern) => {
    expect(await listPatterns(messages)).toEqual([pattern]);
  });

  it.each([
    [
      'codes of errors',
      ['connect ECONNREFUSED 10.0.0.1', 'connect ETIMEDOUT 10.0.0.1', 'connect EHOSTUNREACH 10.0.0.1'],
    ],
    ['statuses', [404, 429, 500, 502, 503].map((status) => `request of api failed with status ${status}`)],
    ['codes of exits', [1, 2, 126, 127, 137].map((code) => `the worker of the queue exited (${code}) again`)],
    ['signals', [1, 2, 9, 11, 15].map((signal) => `the worker of the queue got signal ${signal} again`)],
    ['codes of systemd', ['1/FAILURE', '203/EXEC', '217/USER'].map((code) => `the unit is dead, status=${code} again`)],
    [
      'codes of databases',
      ['40P01', '42P01', '57P01', '25P02'].map((code) => `the query of the job failed (${code}) again`),
    ],
    [
      'codes of Windows',
      [5, 9, 17, 35].map((end) => `the worker crashed with 0xC00000${String(end).padStart(2, '0')} again`),
    ],
    ['names of errors', ['Type', 'Range', 'Syntax', 'Reference'].map((kind) => `worker of queue died of ${kind}Error`)],
    [
      'verbs',
      'created updated deleted archived merged opened closed locked'
        .split(' ')
        .map((verb) => `the order was ${verb} by 17`),
    ],
    ['methods', ['GET', 'POST', 'PUT', 'DELETE'].map((method) => `method ${method} is not allowed here`)],
    ['values of telling keys', ['a_1', 'b_2', 'c_3', 'd_4'].map((event) => `worker of queue saw event=${event} here`)],
    ['names of keys', ['a_1', 'b_2', 'c_3', 'd_4'].map((key) => `worker of queue has ${key}=17 set`)],
    [
      'what follows a colon',
      ['lost_card', 'no_funds', 'bad_cvc', 'do_not_honor'].map((text) => `the payment failed: ${text}`),
    ],
    ['few words', ['disk is full now', 'disk is empty now', 'disk is missing now']],
    ['two positions', ['user_1 of a_b is here', 'user_2 of c_d is here']],
  ])('keeps rows apart that differ in %s', async (_, messages) => {
    expect(await listPatterns(messages)).toEqual(await listPatterns(messages, false));
  });

  it.each(['known', 'aside', 'kinds', 'kinds aside'] as const)(
    'does not merge different failures of the labelled messages (%s)',
    async (part) => {
      const messages = readLabelledMessages(part);
      const texts = messages.map(({ message }) => message);
      const patterns = await new PatternMemory().find('app', texts);
      const groups = new Map<string, Set<string>>();
      for (const { message, group } of messages) {
        const pattern = patterns.findPattern(message);
        groups.set(pattern, (groups.get(pattern) ?? new Set()).add(group));
      }
      expect([...groups].filter(([, each]) => each.size > 1)).toEqual([]);
    },
  );

  it('leaves keys as they are if merging is off', async () => {
    const patterns = await listPatterns(['job 1 of queue waits', 'job 10.0.0.5 of queue waits'], false);
    expect(patterns).toEqual(['job <number> of queue waits', 'job <host> of queue waits']);
  });

  it('holds the event loop only in slices, for ten thousand keys', async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => {
      const letters = i.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] as string);
      return `request of tenant ${letters}_x took a while and ended in ${letters.slice(1)}`;
    });
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    count();
    await mergePatterns(new Set(keys));
    isDone = true;
    expect(turns).toBeGreaterThan(2);
  });
});

describe('memory of patterns', () => {
  it('finds the patterns of the messages that come, whichever came before', async () => {
    const memory = new PatternMemory();
    expect(await listPatterns(['no lock for job 18', 'queue 1 is full'], true, memory)).toEqual([
      'no lock for job <number>',
      'queue <number> is full',
    ]);
    expect(await listPatterns(['no lock for job 18', 'no lock for job 10.0.0.5'], true, memory)).toEqual([
      'no lock for job <value>',
    ]);
    expect(await listPatterns(['no lock for job 19'], true, memory)).toEqual(['no lock for job <number>']);
  });

  it('tells merged patterns from those that are not', async () => {
    const memory = new PatternMemory();
    const messages = ['no lock for job 18', 'no lock for job 10.0.0.5'];
    expect(await listPatterns(messages, true, memory)).toHaveLength(1);
    expect(await listPatterns(messages, false, memory)).toHaveLength(2);
    expect(await listPatterns(messages, true, memory)).toHaveLength(1);
  });

  it('takes what stands for messages that are too rare to be counted for no pattern', async () => {
    const patterns = await new PatternMemory().find('app', ['<other>', ' <other>']);
    expect(patterns.findPattern('<other>')).toBe('<other>');
    expect(patterns.findPattern(' <other>')).toBe(' <other>');
  });
});
