import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.js';
import { memoryTable } from '../../../test/support/store.js';
import { ManualClock } from '../../shared/clock.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
import { AddressAllocator } from './address-allocator.js';
import { IpamService } from './ipam.service.js';
import { childLedgerTable, prefixLedgerTable } from './ipam.table.js';
import { prefixUsage, reservedAddresses } from './ipam.js';

const usable = (text: string): string[] => {
  const prefix = Prefix.parse(text);
  const all = Array.from({ length: Number(prefix.size) }, (_, i) => prefix.first + BigInt(i));
  return all.filter((n) => !reservedAddresses(prefix).includes(n)).map((n) => Ip.of(prefix.family, n).toString());
};

describe('AddressAllocator', () => {
  const [first, second] = ['10.0.0.0/29', '2001:db8::/125'];
  const prefixes = [first, second];
  type Step = readonly ['lowest' | 'this' | 'foreign' | 'failing' | 'free', number];
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.tuple(fc.constantFrom('lowest', 'lowest', 'this', 'foreign', 'failing', 'free'), fc.nat(30)),
    { maxLength: 60 },
  );

  it('allocates the lowest free address like a plain list, never one twice or a reserved one', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const allocator = new AddressAllocator();
        const stored = new Map<string, string>();
        const store = async (ip: Ip, prefix: string): Promise<string> => {
          if (stored.has(ip.toString())) throw new DomainError('already-exists', '');
          stored.set(ip.toString(), prefix);
          allocator.record(prefix, ip);
          return ip.toString();
        };
        const all = prefixes.flatMap((prefix) => usable(prefix).map((address) => ({ prefix, address })));
        for (const [what, n] of list) {
          const free = all.filter(({ address }) => !stored.has(address));
          const any = all[n % all.length] as (typeof all)[0];
          if (what === 'lowest') {
            expect(await allocator.acquireLowest(prefixes, store)).toBe(free[0]?.address);
          } else if (what === 'this') {
            const outcome = allocator.acquireSpecific(any.prefix, Ip.parse(any.address), store);
            if (free.includes(any)) expect(await outcome).toBe(any.address);
            else await expect(outcome).rejects.toThrow('already allocated');
          } else if (what === 'foreign') {
            // Another process stored it, and this one has not been notified yet.
            if (free.includes(any)) stored.set(any.address, any.prefix);
          } else if (what === 'failing') {
            const fail = () => Promise.reject(new Error('broken'));
            if (free[0]) await expect(allocator.acquireLowest(prefixes, fail)).rejects.toThrow('broken');
          } else {
            const address = [...stored.keys()][n % Math.max(stored.size, 1)];
            if (!address) continue;
            allocator.record(stored.get(address) as string, Ip.parse(address));
            allocator.erase(stored.get(address) as string, Ip.parse(address));
            stored.delete(address);
          }
        }
        for (const [address, prefix] of stored) allocator.record(prefix, Ip.parse(address));
        for (const prefix of prefixes)
          expect(allocator.count(prefix)).toBe([...stored.values()].filter((owner) => owner === prefix).length);
      }),
      { numRuns: 300 },
    );
  });

  it('rejects a specific reserved address', async () => {
    const allocator = new AddressAllocator();
    const store = async (ip: Ip) => ip.toString();
    await expect(allocator.acquireSpecific(first, Ip.parse('10.0.0.0'), store)).rejects.toThrow('network or broadcast');
    await expect(allocator.acquireSpecific(first, Ip.parse('10.0.0.7'), store)).rejects.toThrow('network or broadcast');
    await expect(allocator.acquireSpecific(second, Ip.parse('2001:db8::'), store)).rejects.toThrow(
      'network or broadcast',
    );
    expect(await allocator.acquireSpecific(second, Ip.parse('2001:db8::7'), store)).toBe('2001:db8::7');
  });

  it('finds the next address among 50000 taken ones as fast as among none', async () => {
    const allocator = new AddressAllocator();
    const whole = Prefix.parse('10.0.0.0/8');
    const store = async (ip: Ip, prefix: string) => (allocator.record(prefix, ip), ip);
    for (let n = 1n; n <= 50_000n; n += 1n) allocator.record('10.0.0.0/8', Ip.of('IPv4', whole.first + n * 2n));
    let looked = 0;
    for (let i = 0; i < 2000; i += 1) if (await allocator.acquireLowest(['10.0.0.0/8'], store)) looked += 1;
    expect(looked).toBe(2000);
    expect(await allocator.acquireLowest(['10.0.0.0/8'], store)).toMatchObject({ value: whole.first + 4001n });
  });
});

describe('usage of a prefix (docs/reference/networks.md#usage)', () => {
  it.each([
    ['10.0.0.0/24', 256, 2, 64],
    ['10.0.0.0/31', 2, 2, 0],
    ['10.0.0.0/32', 1, 1, 0],
    ['0.0.0.0/0', 2147483647, 2, 1073741824],
    ['0.0.0.0/1', 2147483648, 2, 536870912],
    ['2001:db8::/120', 256, 1, 64],
    ['2001:db8::/128', 1, 1, 0],
    ['2001:db8::/64', 2147483647, 1, 2147483647],
    ['2001:db8::/48', 2147483647, 1, 2147483647],
  ])('%s', (text, availableIps, usedIps, availablePrefixes) => {
    const prefix = Prefix.parse(text);
    expect(prefixUsage(prefix, 0, 0, [prefix])).toEqual({ availableIps, usedIps, availablePrefixes, usedPrefixes: 0 });
  });
});

describe('IpamService', () => {
  const service = () =>
    new IpamService(memoryTable(prefixLedgerTable), memoryTable(childLedgerTable), new ManualClock());
  const active = () => 'active' as const;

  it('counts as specified by the test vectors of docs/reference/ipam.md#acquire-a-child-prefix', async () => {
    const ipam = service();
    await ipam.openChildLedger('s', ['192.168.0.0/20']);
    const take = (owner: string, bits: number) => ipam.acquireChildren('s', owner, [{ family: 'IPv4', bits }], active);
    expect(await take('a', 21)).toEqual(['192.168.0.0/21']);
    expect(await take('b', 22)).toEqual(['192.168.8.0/22']);
    await expect(take('c', 21)).rejects.toThrow('free: 192.168.12.0/22');
    expect(ipam.usage('s', '192.168.0.0/20')).toMatchObject({ availablePrefixes: 256, usedPrefixes: 2 });
    await ipam.releaseChildren('s', 'b', ['192.168.8.0/22'], active);
    expect(await take('d', 28)).toEqual(['192.168.8.0/28']);
    expect(ipam.usage('s', '192.168.0.0/20')).toMatchObject({ availablePrefixes: 508, usedPrefixes: 2 });
    expect(await take('e', 22)).toEqual(['192.168.12.0/22']);
  });

  it('keeps children disjoint, and makes released prefixes available again', async () => {
    const step = fc.record({ bits: fc.integer({ min: 57, max: 61 }), back: fc.option(fc.nat(), { freq: 2 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (list) => {
        const ipam = service();
        const whole = Prefix.parse('2001:db8::/56');
        await ipam.openChildLedger('s', [whole.toString()]);
        const taken = new Map<string, Prefix>();
        for (const [i, { bits, back }] of list.entries()) {
          const owner = [...taken.keys()][(back ?? 0) % Math.max(taken.size, 1)];
          if (back !== null && owner !== undefined) {
            await ipam.releaseChildren('s', owner, [(taken.get(owner) as Prefix).toString()], active);
            taken.delete(owner);
          } else {
            const prefixes = await ipam
              .acquireChildren('s', `o${i}`, [{ family: 'IPv6', bits }], active)
              .catch(() => []);
            const prefix = prefixes[0] === undefined ? undefined : Prefix.parse(prefixes[0]);
            if (!prefix) continue;
            expect(whole.containsPrefix(prefix)).toBe(true);
            expect([...taken.values()].some((other) => other.overlaps(prefix))).toBe(false);
            taken.set(`o${i}`, prefix);
          }
          expect(ipam.usage('s', whole.toString()).usedPrefixes).toBe(taken.size);
          expect(await ipam.countChildren('s')).toBe(taken.size);
        }
        for (const [owner, prefix] of taken) await ipam.releaseChildren('s', owner, [prefix.toString()], active);
        expect(await ipam.acquireChildren('s', 'all', [{ family: 'IPv6', bits: 57 }], active)).toEqual([
          '2001:db8::/57',
        ]);
        expect(await ipam.acquireChildren('s', 'all2', [{ family: 'IPv6', bits: 57 }], active)).toEqual([
          '2001:db8:0:80::/57',
        ]);
      }),
      { numRuns: 100 },
    );
  });
});
