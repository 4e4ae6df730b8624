import { describe, expect, it } from 'vitest';
import {
  changeSpaces,
  childCount,
  closeLedger,
  giveBackChildren,
  newChildLedger,
  settleJournal,
  takeChildren,
  takenBy,
} from './child-ledger.js';
import type { ChildLedger } from './ipam.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const fresh = (...prefixes: string[]): ChildLedger => ({ ...newChildLedger('super', prefixes), revision: 1 });
const v4 = (bits: number) => [{ family: 'IPv4' as const, bits }];
const take = (ledger: ChildLedger, owner: string, bits: number): ChildLedger =>
  takeChildren(ledger, owner, v4(bits), NOW);

describe('child ledger', () => {
  it('takes one prefix per family, all or none', () => {
    const dual = [...v4(24), { family: 'IPv6' as const, bits: 64 }];
    const ledger = takeChildren(fresh('10.0.0.0/16', '2001:db8::/48'), 'a', dual, NOW);
    expect(takenBy(ledger, 'a')).toEqual(['10.0.0.0/24', '2001:db8::/64']);
    expect(childCount(ledger)).toBe(2);
    const tight = fresh('10.0.0.0/16', '2001:db8::/64');
    expect(() => takeChildren(tight, 'a', dual, NOW)).toThrow('no IPv6 child prefix of length 64');
  });

  it('goes on with the next prefix of the family when one is full', () => {
    let ledger = fresh('10.0.0.0/23', '10.1.0.0/23');
    for (const owner of ['a', 'b', 'c']) ledger = take(ledger, owner, 24);
    expect(takenBy(ledger, 'c')).toEqual(['10.1.0.0/24']);
  });

  it('keeps to the prefixes that the network says it has, in their order', () => {
    const from = ['10.2.0.0/23', '10.0.0.0/23'];
    let ledger = fresh('10.0.0.0/23', '10.1.0.0/23', '10.2.0.0/23');
    for (const owner of ['a', 'b', 'c', 'd'])
      ledger = takeChildren(ledger, owner, [{ family: 'IPv4', bits: 24, from }], NOW);
    expect(['a', 'c'].map((owner) => takenBy(ledger, owner))).toEqual([['10.2.0.0/24'], ['10.0.0.0/24']]);
    expect(() => takeChildren(ledger, 'e', [{ family: 'IPv4', bits: 24, from }], NOW)).toThrow('free: nothing');
  });

  it('never gives the whole of a parent, and says what is free', () => {
    expect(() => take(fresh('10.0.0.0/24'), 'a', 24)).toThrow('free: 10.0.0.0/24');
    expect(() => take(fresh('10.0.0.0/24'), 'a', 33)).toThrow('no IPv4 child prefix of length 33');
    expect(() => take(fresh('2001:db8::/48'), 'a', 64)).toThrow('no IPv4 prefix');
  });

  it('takes once however often it is repeated', () => {
    const once = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(take(once, 'a', 24)).toBe(once);
  });

  it('gives back once however often it is repeated, even after somebody else took it', () => {
    const taken = settleJournal(take(fresh('10.0.0.0/16'), 'a', 24), () => 'active', NOW);
    const back = giveBackChildren(taken, 'a', ['10.0.0.0/24'], NOW);
    const other = take(back, 'b', 24);
    expect(takenBy(other, 'b')).toEqual(['10.0.0.0/24']);
    expect(giveBackChildren(other, 'a', ['10.0.0.0/24'], NOW)).toBe(other);
    expect(childCount(other)).toBe(1);
  });

  it('gives back what was taken but never stored by its owner', () => {
    const taken = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(giveBackChildren(taken, 'a', [], NOW).spaces).toEqual(fresh('10.0.0.0/16').spaces);
  });

  it('gives back nothing for an owner that has nothing', () => {
    const taken = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(giveBackChildren(taken, 'b', [], NOW)).toBe(taken);
  });

  it('forgets journal entries only when the owner says the same, and late enough', () => {
    const taken = take(fresh('10.0.0.0/16'), 'a', 24);
    expect(settleJournal(taken, () => 'creating', NOW)).toBe(taken);
    expect(settleJournal(taken, () => undefined, NOW)).toBe(taken);
    expect(settleJournal(taken, () => 'active', NOW).journal).toEqual([]);
    const back = giveBackChildren(taken, 'a', [], NOW);
    expect(settleJournal(back, () => 'deleting', NOW + 120_000)).toBe(back);
    expect(settleJournal(back, () => undefined, NOW + 1000)).toBe(back);
    expect(settleJournal(back, () => undefined, NOW + 120_000).journal).toEqual([]);
  });

  it('keeps a prefix that still has children, and a network that has any', () => {
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
