import { describe, expect, it } from 'vitest';
import { testConfig } from '../../../test/support/app.js';
import { memoryTable } from '../../../test/support/store.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { ManualClock } from '../../shared/clock.js';
import { TenantReferences } from '../tenant/tenant.js';
import type { Quotas } from '../tenant/tenant.js';
import { TenantService } from '../tenant/tenant.service.js';
import { tenantTable } from '../tenant/tenant.table.js';
import { ProjectQuota } from './project-quota.service.js';
import { ProjectReferences, SYSTEM_PROJECT } from './project.js';
import { ProjectService } from './project.service.js';
import { projectQuotaLedgerTable, projectTable } from './project.table.js';

async function setUp({ quotas = {}, defaultQuotas }: { quotas?: Quotas; defaultQuotas?: Quotas } = {}) {
  const [clock, engine] = [new ManualClock(), new MemoryEngine()];
  const [references, tenantReferences] = [new ProjectReferences(), new TenantReferences()];
  const tenants = new TenantService(memoryTable(tenantTable, engine), clock, tenantReferences);
  const replica = (uses = new TenantReferences()) => {
    const quota = new ProjectQuota(memoryTable(projectQuotaLedgerTable, engine), clock, testConfig());
    const table = memoryTable(projectTable, engine);
    return new ProjectService(table, clock, references, tenants, quota, uses);
  };
  const projects = replica(tenantReferences);
  await tenants.create({ id: 't' }, { name: 't', description: '', quotas, defaultQuotas, iam: undefined });
  return { projects, replica, tenants, references, clock };
}

const spec = (more: object = {}) => ({ name: 'n', description: '', tenantId: 't', quotas: undefined, ...more });

describe('ProjectService', () => {
  it('creates projects with the default quotas of the tenant, unless quotas are given', async () => {
    const { projects } = await setUp({ defaultQuotas: { machine: 3 } });
    expect(await projects.create({}, spec())).toMatchObject({ quotas: { machine: 3 }, version: 0, updated: '' });
    expect(await projects.create({ id: 'p' }, spec({ quotas: {} }))).toMatchObject({ id: 'p', quotas: {} });
    await expect(projects.create({ id: 'p' }, spec())).rejects.toMatchObject({ kind: 'already-exists' });
  });

  it.each([
    [{}, { tenantId: '' }, 'malformed'],
    [{}, { tenantId: 'x' }, 'not-found'],
    [{ kind: 'Tenant' }, {}, 'invalid'],
    [{ apiversion: 'v2' }, {}, 'invalid'],
  ])('rejects creating %o %o as %s', async (meta, more, kind) => {
    const { projects } = await setUp();
    await expect(projects.create(meta, spec(more))).rejects.toMatchObject({ kind });
  });

  it('enforces the quota of the tenant for concurrent requests', async () => {
    const { projects } = await setUp({ quotas: { project: 2 } });
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => projects.create({}, spec())));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    await expect(projects.create({}, spec())).rejects.toThrow('quota of 2 projects and uses 2');
  });

  it('enforces the quota of the tenant across all replicas', async () => {
    const { projects, replica } = await setUp({ quotas: { project: 5 } });
    const replicas = [projects, replica(), replica()];
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => replicas[index % 3]!.create({}, spec())),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(projects.list()).toHaveLength(5);
  });

  it('reports an existing project even if the quota is exhausted, and does not count deleted projects', async () => {
    const { projects } = await setUp({ quotas: { project: 1 } });
    await projects.create({ id: 'p' }, spec());
    await expect(projects.create({ id: 'p' }, spec())).rejects.toMatchObject({ kind: 'already-exists' });
    await expect(projects.create({ id: 'q' }, spec())).rejects.toMatchObject({ kind: 'invalid' });
    await projects.delete('p');
    await projects.create({ id: 'q' }, spec());
  });

  it('replaces a project only for the newest version', async () => {
    const { projects, clock } = await setUp();
    await projects.create({ id: 'p', labels: ['a'] }, spec());
    clock.advance(1000);
    const first = await projects.update({ id: 'p' }, spec({ name: 'first' }));
    expect(first).toMatchObject({ name: 'first', version: 1, labels: [], updated: '2026-01-01T00:00:01.000Z' });
    for (const version of [0, 2, undefined]) {
      await expect(projects.update({ id: 'p', version }, spec())).rejects.toMatchObject({ kind: 'precondition' });
    }
    expect(await projects.update({ id: 'p', version: 1 }, spec())).toMatchObject({ version: 2, name: 'n' });
  });

  it('accepts only one of two concurrent updates', async () => {
    const { projects } = await setUp();
    await projects.create({ id: 'p' }, spec());
    const results = await Promise.allSettled(['a', 'b'].map((name) => projects.update({ id: 'p' }, spec({ name }))));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each([
    [undefined, {}, 'malformed'],
    [{ id: 'ghost' }, {}, 'not-found'],
    [{ id: 'p' }, { tenantId: 'other' }, 'invalid'],
    [{ id: 'p', kind: 'Tenant' }, {}, 'invalid'],
  ])('rejects updating %o with %o as %s', async (meta, more, kind) => {
    const { projects } = await setUp();
    await projects.create({ id: 'p' }, spec());
    await expect(projects.update(meta, spec(more))).rejects.toMatchObject({ kind });
  });

  it('reports usage, and does not delete a project that owns something', async () => {
    const { projects, references, tenants } = await setUp();
    await projects.create({ id: 'p' }, spec());
    const machines = ['m1', 'm2'];
    references.add({ what: 'machines', idsOf: () => machines });
    references.add({ what: 'ips', idsOf: () => [] });
    expect(projects.usage('p')).toEqual({ machine: 2, ip: 0 });
    await expect(projects.delete('p')).rejects.toMatchObject({ kind: 'malformed' });
    machines.length = 0;
    await expect(tenants.delete('t')).rejects.toMatchObject({ kind: 'invalid' });
    await projects.delete('p');
    await tenants.delete('t');
  });

  it("creates the system project regardless of the operator's quota", async () => {
    const { projects } = await setUp({ quotas: { project: 0 } });
    await projects.ensureSystemProject('t');
    expect(projects.get(SYSTEM_PROJECT)).toMatchObject({ tenantId: 't', name: 'system', version: 0 });
  });

  it('creates the system project once', async () => {
    const { projects } = await setUp();
    await Promise.all([projects.ensureSystemProject('provider'), projects.ensureSystemProject('provider')]);
    await projects.ensureSystemProject('provider');
    expect(projects.get(SYSTEM_PROJECT).tenantId).toBe('provider');
  });
});

describe('TenantService', () => {
  it('searches by annotations, page by page', async () => {
    const { tenants } = await setUp();
    for (const id of ['a', 'b', 'c']) {
      const fields = { name: id, description: '', quotas: {}, defaultQuotas: undefined, iam: undefined };
      await tenants.create({ id, annotations: { level: 'gold', id } }, fields);
    }
    const ids = (query: object) => tenants.search(query).map(({ id }) => id);
    expect(ids({ annotations: { level: 'gold' } })).toEqual(['a', 'b', 'c']);
    expect(ids({ annotations: { level: 'gold', id: 'b' } })).toEqual(['b']);
    expect(ids({ annotations: { toString: 'gold' } })).toEqual([]);
    expect(ids({ paging: { page: 1, count: 2 } })).toEqual(['c', 't']);
    expect(ids({ paging: {} })).toEqual(['a', 'b', 'c', 't']);
    expect(ids({ name: 'a' })).toEqual(['a']);
  });
});
