import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.js';
import { memoryTable } from '../../../test/support/store.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { ManualClock } from '../../shared/clock.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { NumberPool } from './number-pool.js';
import { PoolService } from './pool.service.js';
import { asnTable, vrfTable } from './pool.table.js';

const kindOf = (error: unknown) => (isDomainError(error) ? error.kind : String(error));

const RESERVED = {
  vrfReserved: [{ first: 1n, last: 4n }],
  asnReserved: [{ first: 4210000002n, last: 4210000002n }],
};

function service(engine = new MemoryEngine(), pools = RESERVED) {
  const vrfs = memoryTable(vrfTable, engine);
  const asns = memoryTable(asnTable, engine);
  return { vrfs, asns, pools: new PoolService(vrfs, asns, { pools }, new ManualClock()) };
}

describe('PoolService', () => {
  it('allocates a different number to every owner, lowest first, never a reserved one', async () => {
    const { pools } = service();
    expect([await pools.acquireVrf('a'), await pools.acquireVrf('b')]).toEqual([5, 6]);
    expect([await pools.acquireAsn('x'), await pools.acquireAsn('y')]).toEqual([4210000001, 4210000003]);
    expect(pools.asnsOf('y')).toEqual([4210000003]);
  });

  it('frees a shared VRF with its last network', async () => {
    const { pools, vrfs } = service();
    await pools.acquireSpecificVrf(7, 'a', false);
    await expect(pools.acquireSpecificVrf(7, 'b', false).catch(kindOf)).resolves.toBe('conflict');
    await pools.acquireSpecificVrf(7, 'b', true);
    await pools.acquireSpecificVrf(7, 'b', true);
    expect(vrfs.get('7')?.owners).toEqual(['a', 'b']);
    await pools.releaseVrf('a');
    await pools.releaseVrf('a');
    expect(vrfs.get('7')?.owners).toEqual(['b']);
    await pools.releaseVrf('b');
    expect(vrfs.size).toBe(0);
  });

  it('allocates a specific number once, even one that would have been next', async () => {
    const { pools } = service();
    await pools.acquireSpecificVrf(5, 'a', false);
    expect(await pools.acquireVrf('b')).toBe(6);
    for (const wrong of [0, -1, 131073, 1.5, Number.NaN])
      await expect(pools.acquireSpecificVrf(wrong, 'c', true).catch(kindOf)).resolves.toBe('invalid');
  });

  it('ignores a release by an owner that does not own the number', async () => {
    const { pools, asns } = service();
    await pools.acquireAsn('mine');
    await pools.releaseAsn('other');
    expect(asns.size).toBe(1);
    await pools.releaseAsn('mine');
    await pools.acquireAsn('next');
    await pools.releaseAsn('mine');
    expect(pools.asnsOf('next')).toEqual([4210000001]);
  });

  it('allocates 200 numbers for 200 concurrent callers of two processes', async () => {
    const engine = new MemoryEngine();
    const [one, other] = [service(engine).pools, service(engine).pools];
    const owners = Array.from({ length: 200 }, (_, i) => `o${i}`);
    const numbers = await Promise.all(owners.map((owner, i) => (i % 2 ? one : other).acquireAsn(owner)));
    expect(new Set(numbers).size).toBe(200);
  });

  it('reports an exhausted pool, and continues when a number is freed', async () => {
    const table = memoryTable(vrfTable);
    const pool = new NumberPool('VRF', table, { first: 1n, last: 3n }, [], () => '');
    expect([await pool.acquire('a'), await pool.acquire('b'), await pool.acquire('c')]).toEqual([1, 2, 3]);
    await expect(pool.acquire('d').catch(kindOf)).resolves.toBe('exhausted');
    await pool.release(2, 'b');
    expect(await pool.acquire('d')).toBe(2);
  });
});

/** Reference implementation of a pool of 1 to 12 without 5 and 6. */
class PlainPool {
  private readonly owners = new Map<number, string[]>();

  lowest(): number | undefined {
    return [1, 2, 3, 4, 7, 8, 9, 10, 11, 12].find((number) => !this.owners.has(number));
  }

  takes(number: number, owner: string, share: boolean): boolean {
    const before = this.owners.get(number) ?? [];
    if (before.includes(owner)) return true;
    if (before.length > 0 && !share) return false;
    this.owners.set(number, [...before, owner]);
    return true;
  }

  release(owner: string): void {
    for (const [number, owners] of this.owners) {
      const rest = owners.filter((other) => other !== owner);
      if (rest.length > 0) this.owners.set(number, rest);
      else this.owners.delete(number);
    }
  }

  inUse() {
    return [...this.owners].map(([number, owners]) => ({ number, owners })).sort((a, b) => a.number - b.number);
  }
}

describe('NumberPool of two processes', () => {
  const step = fc.record({
    what: fc.constantFrom('any', 'any', 'this', 'share', 'release'),
    process: fc.nat(1),
    owner: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    number: fc.integer({ min: 1, max: 12 }),
  });

  it('behaves like a plain list of numbers and owners, and can allocate every number again in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const engine = new MemoryEngine();
        const [range, reserved] = [{ first: 1n, last: 12n }, [{ first: 5n, last: 6n }]];
        const pools = [0, 1].map(() => new NumberPool('VRF', memoryTable(vrfTable, engine), range, reserved, () => ''));
        const plain = new PlainPool();
        for (const { what, process, owner, number } of steps) {
          const pool = pools[process]!;
          const taken = plain.lowest();
          if (what === 'release') {
            await pool.releaseAll(owner);
            plain.release(owner);
          } else if (what === 'any') {
            expect(await pool.acquire(owner).catch(kindOf)).toBe(taken ?? 'exhausted');
            if (taken !== undefined) plain.takes(taken, owner, false);
          } else {
            const share = what === 'share';
            const outcome = await pool.acquireSpecific(number, owner, share).catch(kindOf);
            expect(outcome).toBe(plain.takes(number, owner, share) ? undefined : 'conflict');
          }
          for (const one of pools) expect(one.inUse()).toEqual(plain.inUse());
        }
        for (const owner of ['a', 'b', 'c', 'd', 'e']) await pools[0]!.releaseAll(owner);
        const all = await Promise.all(Array.from({ length: 10 }, (_, i) => pools[i % 2]!.acquire('z')));
        expect(all.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 7, 8, 9, 10, 11, 12]);
      }),
      { numRuns: 200 },
    );
  });
});
