import { LaneRegistry } from '../../src/write/lane-registry';

/** Idle lanes that a registry remembers. */
const MAX_IDLE = 10_000;

interface Lane {
  readonly name: string;
  readonly key: string;
}

describe('registry of lanes', () => {
  let registry: LaneRegistry<Lane>;
  let forgotten: string[];

  beforeEach(() => {
    forgotten = [];
    registry = new LaneRegistry(({ name, key }) => forgotten.push(`${name}:${key}`));
  });

  function add(count: number, prefix = ''): Lane[] {
    const lanes = Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, key: 'info' }));
    for (const lane of lanes) registry.add(lane);
    return lanes;
  }

  it('forgets the lanes that have been idle for longest, one for each that is too many', () => {
    const lanes = add(MAX_IDLE);
    registry.onBusy(lanes[0] as Lane);
    registry.onRest(lanes[0] as Lane);
    add(3, 'more ');
    expect(forgotten).toEqual(['1:info', '2:info', '3:info']);
    expect(registry.find('1', 'info')).toBeUndefined();
    expect(registry.find('0', 'info')).toBe(lanes[0]);
    expect(registry.names()).toHaveLength(MAX_IDLE);
  });

  it('forgets no busy lane, and counts those', () => {
    for (const lane of add(MAX_IDLE + 5)) registry.onBusy(lane);
    expect(registry.busy).toBe(MAX_IDLE);
    add(MAX_IDLE, 'more ');
    expect(forgotten).toHaveLength(5);
    expect(registry.busy).toBe(MAX_IDLE);
  });

  it('keeps a name as long as it has a lane', () => {
    const lanes = ['info', 'error'].map((key) => ({ name: 'app', key }));
    for (const lane of lanes) registry.add(lane);
    registry.onBusy(lanes[1] as Lane);
    add(MAX_IDLE);
    expect(forgotten).toEqual(['app:info']);
    expect(registry.find('app', 'error')).toBe(lanes[1]);
    expect(registry.names()).toContain('app');
  });

  it('ignores that a forgotten lane comes to rest', () => {
    const [first] = add(MAX_IDLE + 1);
    registry.onRest(first as Lane);
    expect(registry.busy).toBe(0);
    expect(forgotten).toEqual(['0:info']);
  });
});
