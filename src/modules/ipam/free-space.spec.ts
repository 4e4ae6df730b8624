import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.js';
import { CidrSet } from '../../shared/net/cidr-set.js';
import { Prefix } from '../../shared/net/prefix.js';
import { FreeSpace } from './free-space.js';

const all = (text: string): FreeSpace => FreeSpace.all(Prefix.parse(text));
const take = (space: FreeSpace, bits: number): string | undefined => space.take(bits)?.toString();
const free = (space: FreeSpace): string[] => space.free().map(String);

describe('FreeSpace', () => {
  it('follows the test vectors of docs/reference/ipam.md#acquire-a-child-prefix for 192.168.0.0/20', () => {
    const space = all('192.168.0.0/20');
    expect(take(space, 21)).toBe('192.168.0.0/21');
    expect(take(space, 22)).toBe('192.168.8.0/22');
    expect(take(space, 21)).toBeUndefined();
    expect(free(space)).toEqual(['192.168.12.0/22']);
    space.release(Prefix.parse('192.168.8.0/22'));
    expect(take(space, 28)).toBe('192.168.8.0/28');
    expect(free(space)).toEqual([
      '192.168.8.16/28',
      '192.168.8.32/27',
      '192.168.8.64/26',
      '192.168.8.128/25',
      '192.168.9.0/24',
      '192.168.10.0/23',
      '192.168.12.0/22',
    ]);
    expect(take(space, 22)).toBe('192.168.12.0/22');
  });

  it.each([
    ['10.0.0.0/16', [24, 22, 22, 24, 29], ['10.0.0.0/24', '10.0.4.0/22', '10.0.8.0/22', '10.0.1.0/24', '10.0.2.0/29']],
    ['2001:db8:0:10::/64', [96, 96], ['2001:db8:0:10::/96', '2001:db8:0:10:0:1::/96']],
    ['2001:aabb::/48', [64, 72], ['2001:aabb::/64', '2001:aabb:0:1::/72']],
  ])('follows the test vector of docs/reference/ipam.md#acquire-a-child-prefix for %s', (whole, lengths, expected) => {
    const space = all(whole);
    expect(lengths.map((bits) => take(space, bits))).toEqual(expected);
  });

  it('rejects releasing free or foreign blocks', () => {
    const space = all('10.0.0.0/24');
    expect(take(space, 26)).toBe('10.0.0.0/26');
    expect(() => space.release(Prefix.parse('10.0.0.0/25'))).toThrow('already free');
    expect(() => space.release(Prefix.parse('10.0.0.64/27'))).toThrow('already free');
    expect(() => space.release(Prefix.parse('10.0.1.0/26'))).toThrow('not inside');
    space.release(Prefix.parse('10.0.0.0/26'));
    expect(free(space)).toEqual(['10.0.0.0/24']);
    expect(() => space.release(Prefix.parse('10.0.0.0/26'))).toThrow('already free');
  });

  it.each([['10.0.0.0/26'], ['2001:db8::40/122']])('never overlaps, never leaves %s, loses nothing', (text) => {
    const whole = Prefix.parse(text);
    const step = fc.record({ deeper: fc.integer({ min: 1, max: 6 }), back: fc.option(fc.nat(), { freq: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (list) => {
        const space = FreeSpace.all(whole);
        const taken: Prefix[] = [];
        for (const { deeper, back } of list) {
          if (back !== null && taken.length > 0) {
            space.release(taken.splice(back % taken.length, 1)[0] as Prefix);
          } else {
            const expected = bestFit(whole, taken, whole.bits + deeper);
            const block = space.take(whole.bits + deeper);
            expect(block?.toString()).toBe(expected?.toString());
            if (block) taken.push(block);
          }
          expect(free(space)).toEqual(rest(whole, taken).map(String));
        }
        for (const block of taken) space.release(block);
        expect(free(space)).toEqual([whole.toString()]);
      }),
      { numRuns: 200 },
    );
  });
});

const rest = (whole: Prefix, taken: readonly Prefix[]): Prefix[] =>
  CidrSet.of([whole]).subtract(CidrSet.of(taken)).prefixes();

/** The rule as documented, recomputed over the whole set each time. */
function bestFit(whole: Prefix, taken: readonly Prefix[], bits: number): Prefix | undefined {
  const fitting = rest(whole, taken).filter((block) => block.bits <= bits);
  const smallest = Math.max(...fitting.map((block) => block.bits));
  const block = fitting.find((candidate) => candidate.bits === smallest);
  return block && Prefix.of(block.ip, bits);
}
