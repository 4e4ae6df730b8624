import { describe, expect, it } from 'vitest';
import {
  changeSpaces,
  childCount,
  closeLedger,
  releaseChildren,
  newChildLedger,
  settleJournal,
  acquireChildren,
  journaledPrefixes,
} from './child-ledger.js';
import type { ChildLedger } from './ipam.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const fresh = (...prefixes: string[]): ChildLedger => ({ ...newChildLedger('super', prefixes), revision: 1 });
const v4 = (bits: number) => [{ family: 'IPv4' as const, bits }];
const take = (ledger: ChildLedger, owner: string, bits: number): ChildLedger =>
  acquireChildren(ledger, owner, v4(bits), NOW);

describe('child ledger', () => {
  it('acquires one prefix per family, all or nothing', () => {
    const dual = [...v4(24), { family: 'IPv6' as const, bits: 64 }];
    const ledger = acquireChildren(fresh('10.0.0.0/16', '2001:db8::/48'), 'a', dual, NOW);
    expect(journaledPrefixes(ledger, 'a')).toEqual(['10.0.0.0/24', '2001:db8::/64']);
    expect(childCount(ledger)).toBe(2);
    const tight = fresh('10.0.0.0/16', '2001:db8::/64');
    expect(() => acquireChildren(tight, 'a', dual, NOW)).toThrow('no free IPv6 child prefix of length 64');
  });

  it('continues with the next prefix of the family if one is full', () => {
    let ledger = fresh('10.0.0.0/23', '10.1.0.0/23');
    for (const owner of ['a', 'b', 'c']) ledger = take(ledger, owner, 24);
    expect(journaledPrefixes(ledger, 'c')).toEqual(['10.1.0.0/24']);
  });

  it('uses only the prefixes that the network has, in their order', () => {
    const from = ['10.2.0.0/23', '10.0.0.0/23'];
    let ledger = fresh('10.0.0.0/23', '10.1.0.0/23', '10.2.0.0/23');
    for (const owner of ['a', 'b', 'c', 'd'])
      ledger = acquireChildren(ledger, owner, [{ family: 'IPv4', bits: 24, from }], NOW);
    expect(['a', 'c'].map((owner) => journaledPrefixes(ledger, owner))).toEqual([['10.2.0.0/24'], ['10.0.0.0/24']]);
    expect(() => acquireChildren(ledger, 'e', [{ family: 'IPv4', bits: 24, from }], NOW)).toThrow('free: nothing');
  });

  it('never allocates the whole parent, and reports the free space', () => {
    expect(() => take(fresh('10.0.0.0/24'), 'a', 24)).toThrow('free: 10.0.0.0/24');
    expect(() => take(fresh('10.0.0.0/24'), 'a', 33)).toThrow('no free IPv4 child prefix of length 33');
    expect(() => take(fresh('2001:db8::/48'), 'a', 64)).toThrow('no IPv4 prefix');
  });

  it('acquires prefixes once, even if repeated', () => {
    const once = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(take(once, 'a', 24)).toBe(once);
  });

  it('releases prefixes once, even if repeated after another owner acquired them', () => {
    const taken = settleJournal(take(fresh('10.0.0.0/16'), 'a', 24), () => 'active', NOW);
    const back = releaseChildren(taken, 'a', ['10.0.0.0/24'], NOW);
    const other = take(back, 'b', 24);
    expect(journaledPrefixes(other, 'b')).toEqual(['10.0.0.0/24']);
    expect(releaseChildren(other, 'a', ['10.0.0.0/24'], NOW)).toBe(other);
    expect(childCount(other)).toBe(1);
  });

  it('releases prefixes that were acquired but never stored by their owner', () => {
    const taken = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(releaseChildren(taken, 'a', [], NOW).spaces).toEqual(fresh('10.0.0.0/16').spaces);
  });

  it('releases nothing for an owner without prefixes', () => {
    const taken = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(releaseChildren(taken, 'b', [], NOW)).toBe(taken);
  });

  it('drops journal entries only once the document of the owner agrees, and after a delay', () => {
    const taken = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(settleJournal(taken, () => 'creating', NOW)).toBe(taken);
    expect(settleJournal(taken, () => undefined, NOW)).toBe(taken);
    expect(settleJournal(taken, () => 'active', NOW).journal).toEqual([]);
    const back = releaseChildren(taken, 'a', [], NOW);
    expect(settleJournal(back, () => 'deleting', NOW + 120_000)).toBe(back);
    expect(settleJournal(back, () => undefined, NOW + 1000)).toBe(back);
    expect(settleJournal(back, () => undefined, NOW + 120_000).journal).toEqual([]);
  });

  it('rejects removing a prefix with children, and closing a network with children', () => {
    const taken = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(() => changeSpaces(taken, [], ['10.0.0.0/16'])).toThrow('1 child prefix is');
    expect(() => closeLedger(taken)).toThrow('still has 1 child prefix');
    const more = changeSpaces(taken, ['10.1.0.0/16', '10.0.0.0/16'], []);
    expect(more.spaces.map(({ prefix, children }) => [prefix, children])).toEqual([
      ['10.0.0.0/16', 1],
      ['10.1.0.0/16', 0],
    ]);
    const closed = closeLedger(fresh('10.0.0.0/16'));
    expect(() => take({ ...closed, revision: 2 }, 'a', 24)).toThrow('is being deleted');
  });
});
