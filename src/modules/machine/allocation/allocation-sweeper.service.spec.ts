import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nothingToAcquire } from '../../../../test/support/nothing-to-acquire.js';
import { AllocationSite } from '../../../../test/support/allocation-site.js';
import { IpService } from '../../ip/ip.service.js';
import { PoolService } from '../../pool/pool.service.js';
import { AllocationSweeper } from './allocation-sweeper.service.js';
import { ClaimService } from './claim.service.js';

let site: AllocationSite;
beforeEach(async () => {
  site = await AllocationSite.start(3);
});
afterEach(() => site.close());

const sweep = (time: number) => site.service(AllocationSweeper).sweep(time);
const now = (): number => Date.now();
const LATER = 24 * 3600_000;

const claim = (allocation: string) =>
  site.service(ClaimService).claim(site.specification(), allocation, nothingToAcquire());

describe('AllocationSweeper.sweep', () => {
  it('undoes claims past their deadline, and no others', async () => {
    const { id } = await claim('a1');
    expect(await sweep(now())).toEqual({ undone: 0, released: 0, orphans: 0 });
    expect(site.machines.get(id)?.claim?.allocation).toBe('a1');
    expect(await sweep(now() + LATER)).toMatchObject({ undone: 1 });
    expect(site.machines.get(id)?.claim).toBeUndefined();
    expect(site.leaks()).toEqual([]);
  });

  it('releases what a claim had acquired before its process died', async () => {
    const { id } = await claim('a1');
    const asn = await site.service(PoolService).acquireAsn('a1');
    const owner = { machineId: id, allocation: 'a1', projectId: site.lab.projects.a, name: 'node' };
    await site.service(IpService).acquireForAllocation(site.assignments()[0]!, owner);
    expect(asn).toBeGreaterThan(0);
    expect(site.used).toEqual({ ips: 1, asns: 1 });
    await sweep(now() + LATER);
    expect(site.used).toEqual({ ips: 0, asns: 0 });
    expect(site.leaks()).toEqual([]);
  });

  it('finishes releases past their deadline', async () => {
    const { id, allocation } = await site.allocate();
    await site.machines.update(id, (machine) => ({
      ...machine,
      release: { id: 'r1', allocation: allocation!.uuid, deadline: new Date(now()).toISOString(), by: 'gone' },
    }));
    expect(await sweep(now() + LATER)).toMatchObject({ released: 1 });
    expect(site.machines.get(id)?.allocation).toBeUndefined();
    expect(site.machines.get(id)?.release).toBeUndefined();
    expect(site.leaks()).toEqual([]);
  });

  it('releases resources of orphaned allocations, only those that are old enough', async () => {
    await site.service(PoolService).acquireAsn('orphan');
    expect(await sweep(now())).toMatchObject({ orphans: 0 });
    expect(site.used.asns).toBe(1);
    // The second of two passes that find it orphaned.
    await sweep(now() + LATER);
    await sweep(now() + LATER);
    expect(site.used.asns).toBe(0);
  });

  it('never touches resources of an existing allocation', async () => {
    await site.allocate();
    const { used } = site;
    for (let n = 0; n < 3; n++) await sweep(now() + LATER);
    expect(site.used).toEqual(used);
    expect(site.leaks()).toEqual([]);
  });

  it('continues with the next item when one cannot be finished', async () => {
    const { id, allocation } = await site.allocate();
    await site.machines.update(id, (machine) => ({
      ...machine,
      partitionId: undefined, // no agent could reboot it, so the journal refuses the command
      release: { id: 'r1', allocation: allocation!.uuid, deadline: new Date(now()).toISOString(), by: 'gone' },
    }));
    const others = await Promise.all([claim('a1'), claim('a2')]);
    const result = await sweep(now() + LATER);
    expect(result).toMatchObject({ undone: 2, released: 0 });
    for (const other of others) expect(site.machines.get(other.id)?.claim).toBeUndefined();
    expect(site.machines.get(id)?.release?.id).toBe('r1');
  });
});
