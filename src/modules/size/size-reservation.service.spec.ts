import { describe, expect, it } from 'vitest';
import { testConfig } from '../../../test/support/app.js';
import { memoryTable } from '../../../test/support/store.js';
import { TrustingUrlProbe } from '../../platform/reachability/http-url-probe.js';
import { ManualClock } from '../../shared/clock.js';
import { PartitionReferences } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { partitionTable } from '../partition/partition.table.js';
import { ProjectReferences } from '../project/project.js';
import { ProjectQuota } from '../project/project-quota.service.js';
import { ProjectService } from '../project/project.service.js';
import { projectQuotaLedgerTable, projectTable } from '../project/project.table.js';
import { TenantReferences } from '../tenant/tenant.js';
import { TenantService } from '../tenant/tenant.service.js';
import { tenantTable } from '../tenant/tenant.table.js';
import { AllocationCounter } from './size-reservation.js';
import { SizeReservationService } from './size-reservation.service.js';
import { sizeReservationTable } from './size-reservation.table.js';
import { HardwareLookup, SizeReferences } from './size.js';
import { SizeService } from './size.service.js';
import { sizeTable } from './size.table.js';

async function setUp() {
  const clock = new ManualClock();
  const [sizeUses, projectUses, partitionUses] = [
    new SizeReferences(),
    new ProjectReferences(),
    new PartitionReferences(),
  ];
  const tenantUses = new TenantReferences();
  const tenants = new TenantService(memoryTable(tenantTable), clock, tenantUses);
  const quota = new ProjectQuota(memoryTable(projectQuotaLedgerTable), clock, testConfig());
  const projects = new ProjectService(memoryTable(projectTable), clock, projectUses, tenants, quota, tenantUses);
  const partitions = new PartitionService(memoryTable(partitionTable), clock, partitionUses, new TrustingUrlProbe());
  const sizes = new SizeService(memoryTable(sizeTable), clock, sizeUses, new HardwareLookup());
  const allocations = new AllocationCounter();
  allocations.provide(() => 0);
  const reservations = new SizeReservationService(
    memoryTable(sizeReservationTable),
    clock,
    sizes,
    projects,
    partitions,
    allocations,
    sizeUses,
    projectUses,
    partitionUses,
  );
  await tenants.ensure('t');
  for (const id of ['P1', 'P2']) {
    await projects.create({ id }, { name: id, description: '', tenantId: 't', quotas: undefined });
  }
  for (const id of ['fra', 'muc']) await partitions.create(id, {});
  await sizes.create('small', {});
  return { reservations, sizes, projects, partitions, allocations };
}

const owner = (id = '', more: object = {}) => ({ id, sizeId: 'small', projectId: 'P1', ...more });

describe('SizeReservationService', () => {
  it('reserves machines for a project, and prevents deletion of what it refers to', async () => {
    const { reservations, sizes, projects, partitions } = await setUp();
    const reservation = await reservations.create(owner(), { amount: 3, partitionIds: ['fra', 'muc'] });
    expect(reservation.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(reservations.forSize('small', 'muc')).toEqual([reservation]);
    expect(reservations.forSize('small', 'ber')).toEqual([]);
    await expect(sizes.delete('small')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(projects.delete('P1')).rejects.toMatchObject({ kind: 'malformed' });
    await expect(partitions.delete('fra')).rejects.toMatchObject({ kind: 'invalid' });
    await reservations.delete(reservation.id);
    await sizes.delete('small');
    await projects.delete('P1');
  });

  it.each([
    [owner('', { sizeId: 'huge' }), { amount: 1, partitionIds: ['fra'] }, 'not-found'],
    [owner('', { projectId: '' }), { amount: 1, partitionIds: ['fra'] }, 'not-found'],
    [owner(), { amount: 0, partitionIds: ['fra'] }, 'malformed'],
    [owner(), { amount: -1, partitionIds: ['fra'] }, 'malformed'],
    [owner(), { amount: 1 }, 'malformed'],
    [owner(), { amount: 1, partitionIds: ['fra', 'fra'] }, 'malformed'],
    [owner(), { amount: 1, partitionIds: ['ber'] }, 'malformed'],
  ])('rejects %o %o as %s', async (who, spec, kind) => {
    const { reservations } = await setUp();
    await expect(reservations.create(who, spec)).rejects.toMatchObject({ kind });
  });

  it('changes the given fields; an empty list of partitions keeps them', async () => {
    const { reservations } = await setUp();
    await reservations.create(owner('r'), { amount: 3, partitionIds: ['fra'], labels: { a: 'b' } });
    expect(await reservations.update('r', { amount: 5, partitionIds: [], labels: {} })).toMatchObject({
      amount: 5,
      partitionIds: ['fra'],
      labels: {},
    });
    await expect(reservations.update('r', { amount: 0 })).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('returns usage by partition, or only of the requested partition', async () => {
    const { reservations, allocations } = await setUp();
    await reservations.create(owner('r'), { amount: 3, partitionIds: ['fra', 'muc'] });
    allocations.provide((project, size, partition) => (`${project}/${size}/${partition}` === 'P1/small/fra' ? 5 : 1));
    const rows = (query: object) =>
      reservations.usage(query).map(({ partitionId, used, allocations }) => [partitionId, used, allocations]);
    expect(rows({})).toEqual([
      ['fra', 3, 5],
      ['muc', 1, 1],
    ]);
    expect(rows({ partitionId: 'muc' })).toEqual([['muc', 1, 1]]);
    expect(rows({ projectId: 'P2' })).toEqual([]);
  });
});
