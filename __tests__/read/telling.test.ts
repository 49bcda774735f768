import type { ChangeStatus, MessageChange } from '../../src';
import { pickTelling } from '../../src/read/telling';

const change = (message: string, status: ChangeStatus): MessageChange => ({
  message,
  status,
  count: 1,
  previous: 0,
  expected: 0,
  score: 1,
  firstSeen: null,
  lastSeen: null,
  gapHours: null,
  minutes: [],
  sample: null,
});

const picked = (...changes: [string, ChangeStatus][]): string[] =>
  pickTelling(changes.map(([message, status]) => change(message, status))).map(({ message }) => message);

describe('what is most telling of some messages', () => {
  it('is each that changed, in their order', () => {
    expect(picked(['boom', 'new'], ['bang', 'surging'], ['usual', 'steady'], ['gone', 'fading'])).toEqual([
      'boom',
      'bang',
      'gone',
    ]);
  });

  it('is the first message of a pattern of which all came up', () => {
    expect(picked(['user 1 locked out', 'new'], ['user 2 locked out', 'surging'])).toEqual(['user 1 locked out']);
  });

  it.each(['steady', 'unknown', 'fading'] as const)('is none of a pattern of which one message is %s', (status) => {
    expect(picked(['order 1 placed', 'new'], ['boom', 'new'], ['order 2 placed', status])).toEqual(['boom']);
    expect(picked(['order 2 placed', status], ['order 1 placed', 'new'])).toEqual([]);
  });

  it('is never the count of what was too rare', () => {
    expect(picked(['<other>', 'surging'])).toEqual([]);
  });
});
