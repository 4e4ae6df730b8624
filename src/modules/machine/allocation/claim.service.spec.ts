import { afterEach, describe, expect, it } from 'vitest';
import { AllocationSite, inState } from '../../../../test/support/allocation-site.js';
import { machineId } from '../../../../test/support/seed.js';
import { nothingToAcquire } from '../../../../test/support/nothing-to-acquire.js';
import { ClaimService } from './claim.service.js';
import type { Specification } from './specification.js';

let site: AllocationSite;
afterEach(() => site.close());

const claim = (specification: Specification, allocation: string) =>
  site.service(ClaimService).claim(specification, allocation, nothingToAcquire());

describe('ClaimService.claim', () => {
  it('marks one waiting machine of size and partition for the allocation, with project and deadline', async () => {
    site = await AllocationSite.start(2);
    await site.change(0, { sizeId: 'another' });
    const before = Date.now();
    const { id, claim: claimed } = await claim(site.specification({ tags: ['t'] }), 'a1');
    expect(id).toBe(machineId(1));
    expect(claimed).toMatchObject({ allocation: 'a1', project: site.lab.projects.a, role: 'machine', tags: ['t'] });
    expect(Date.parse(claimed!.deadline)).toBeGreaterThan(before);
    expect(site.machine(1).claim).toEqual(claimed);
    expect(site.machine(0).claim).toBeUndefined();
  });

  it.each([
    ['is not waiting', { waiting: false }],
    ['is of another partition', { partitionId: 'elsewhere' }],
    ['is locked', { state: inState('LOCKED', 'repair') }],
    ['is reserved', { state: inState('TAINTED', 'test') }],
  ] as const)('never selects a machine that %s', async (_, fields) => {
    site = await AllocationSite.start(1);
    await site.change(0, fields);
    await expect(claim(site.specification(), 'a1')).rejects.toMatchObject({ kind: 'invalid' });
    expect(site.machine(0).claim).toBeUndefined();
  });

  it('gives each machine to one of many concurrent callers, and refuses the others', async () => {
    site = await AllocationSite.start(3);
    const specification = site.specification();
    const results = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => claim(specification, `a${n}`)));
    const claimed = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.id] : []));
    expect(claimed.sort()).toEqual([0, 1, 2].map(machineId));
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'invalid' });
  });

  it('accepts a reserved machine, or one that does not wait, that is requested by UUID', async () => {
    site = await AllocationSite.start(1);
    await site.change(0, { waiting: false, state: inState('TAINTED', 'mine') });
    const machine = await claim(site.specification({ uuid: machineId(0) }), 'a1');
    expect(machine.claim?.allocation).toBe('a1');
  });

  it('refuses a locked, claimed or unfit machine that is requested by UUID, with the reason', async () => {
    site = await AllocationSite.start(3);
    await site.change(0, { state: inState('LOCKED', 'broken fan') });
    await site.change(2, { hardware: { ...site.machine(2).hardware, disks: [] } });
    const claimNamed = (index: number) => claim(site.specification({ uuid: machineId(index) }), `b${index}`);
    await expect(claimNamed(0)).rejects.toThrow(/locked: broken fan/);
    await claimNamed(1);
    await expect(claimNamed(1)).rejects.toThrow(
      /an allocation for project "project-a" is in progress and ends within \d+ s/,
    );
    await expect(claimNamed(2)).rejects.toThrow(/does not fit the filesystem layout/);
  });

  it('counts claims in progress toward the quota of a project, until they are abandoned', async () => {
    site = await AllocationSite.start(3);
    const { projects } = site.lab;
    const { body: project } = await site.server.as('admin').get(`/v1/project/${projects.a}`).expect(200);
    await site.server
      .as('admin')
      .post('/v1/project')
      .send({ ...project, quotas: { machine: { quota: 1 } } })
      .expect(200);
    const specification = site.specification();
    await claim(specification, 'a1');
    await expect(claim(specification, 'a2')).rejects.toThrow(/quota/);
    await site.change(0, { claim: undefined });
    await site.change(1, { claim: undefined });
    await site.change(2, { claim: undefined });
    await site.service(ClaimService).abandon(specification, 'a1');
    await site.service(ClaimService).abandon(specification, 'a1');
    expect((await claim(specification, 'a3')).claim?.allocation).toBe('a3');
  });
});
