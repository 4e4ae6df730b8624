import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nothingToAcquire } from '../../../../test/support/nothing-to-acquire.js';
import { AllocationSite } from '../../../../test/support/allocation-site.js';
import type { Machine } from '../machine.js';
import { ClaimService } from './claim.service.js';
import { ExecutionService } from './execution.service.js';

let site: AllocationSite;
beforeEach(async () => {
  site = await AllocationSite.start(2);
});
afterEach(() => site.close());

const execution = (): ExecutionService => site.service(ExecutionService);
const claim = (allocation: string): Promise<Machine> =>
  site.service(ClaimService).claim(site.specification(), allocation, nothingToAcquire());
const execute = (claimed: Machine): Promise<Machine> => {
  const acquisition = execution().acquisition(site.specification(), site.assignments(), claimed.claim!.allocation);
  return execution().execute(claimed, site.specification(), acquisition, undefined);
};

describe('ExecutionService.execute', () => {
  it('stores the allocation with an AS number and an address in each network, and ends the claim', async () => {
    const machine = await execute(await claim('a1'));
    expect(machine.claim).toBeUndefined();
    expect(machine.allocation).toMatchObject({ uuid: 'a1', project: site.lab.projects.a, hostname: 'node' });
    expect(machine.allocation?.networks.map(({ ips }) => ips.length)).toEqual([1]);
    expect(site.used).toEqual({ ips: 1, asns: 1 });
    expect(site.leaks()).toEqual([]);
  });

  it('throws when the claim was lost meanwhile, and leaves the undo to its caller', async () => {
    const claimed = await claim('a1');
    await site.machines.update(claimed.id, (machine) => ({ ...machine, claim: undefined }));
    await expect(execute(claimed)).rejects.toMatchObject({ kind: 'conflict' });
    expect(site.used).toEqual({ ips: 1, asns: 1 });
    await expect(execution().undo(claimed.id, 'a1')).resolves.toBeUndefined();
    expect(site.used).toEqual({ ips: 0, asns: 0 });
  });
});

describe('ExecutionService.undo', () => {
  it('releases addresses, AS number and machine, however often it is called', async () => {
    const claimed = await claim('a1');
    await site.machines.update(claimed.id, (machine) => ({
      ...machine,
      claim: { ...machine.claim!, deadline: '2020-01-01T00:00:00Z' },
    }));
    for (let n = 0; n < 3; n++) expect(await execution().undo(claimed.id, 'a1')).toBeUndefined();
    expect(site.machines.get(claimed.id)?.claim).toBeUndefined();
    expect(site.leaks()).toEqual([]);
    expect((await claim('a2')).claim?.allocation).toBe('a2');
  });

  it('returns a machine whose allocation was stored, and releases nothing', async () => {
    const machine = await execute(await claim('a1'));
    expect(await execution().undo(machine.id, 'a1')).toMatchObject({ id: machine.id, allocation: { uuid: 'a1' } });
    expect(site.used).toEqual({ ips: 1, asns: 1 });
  });

  it('leaves a machine that is claimed or allocated for another allocation as it is', async () => {
    const machine = await execute(await claim('a1'));
    const claimed = await claim('b1');
    await execution().undo(machine.id, 'older');
    await execution().undo(claimed.id, 'older');
    expect(site.machines.get(machine.id)?.allocation?.uuid).toBe('a1');
    expect(site.machines.get(claimed.id)?.claim).toMatchObject({ allocation: 'b1', undoing: false });
  });

  it('takes the claim over, so that an execution that is still running cannot store its allocation', async () => {
    const claimed = await claim('a1');
    const [stored, undone] = await Promise.allSettled([execute(claimed), execution().undo(claimed.id, 'a1')]);
    const isAllocated = site.machines.get(claimed.id)?.allocation !== undefined;
    expect(stored.status).toBe(isAllocated ? 'fulfilled' : 'rejected');
    expect(undone.status).toBe('fulfilled');
    if (!isAllocated) await execution().undo(claimed.id, 'a1');
    expect(site.leaks()).toEqual([]);
  });
});
