import { describe, expect, it } from 'vitest';
import { machineTags } from './tags.js';

const NOTHING = { asn: 0, rack: '', chassis: '' };

describe('machineTags', () => {
  it("adds the system's tags, sorted", () => {
    expect(machineTags(['zone=a', 'b'], { asn: 4210000001, rack: 'rack-1', chassis: 'S42' })).toEqual([
      'b',
      'machine.metal-stack.io/chassis=S42',
      'machine.metal-stack.io/network.primary.asn=4210000001',
      'machine.metal-stack.io/rack=rack-1',
      'zone=a',
    ]);
  });

  it('omits system tags without a value', () => {
    expect(machineTags([], NOTHING)).toEqual([]);
  });

  it("lets the system's tags override user tags", () => {
    expect(machineTags(['machine.metal-stack.io/rack=elsewhere'], { ...NOTHING, rack: 'rack-1' })).toEqual([
      'machine.metal-stack.io/rack=rack-1',
    ]);
  });

  it('keeps the last of several labels with the same key, split at the first equals sign', () => {
    expect(machineTags(['a=1=x', 'a=2=y', 'a', 'a'], NOTHING)).toEqual(['a', 'a=2=y']);
  });

  it('keeps a tag that starts with an equals sign', () => {
    expect(machineTags(['=x', '=y'], NOTHING)).toEqual(['=y']);
  });
});
