import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { IpService } from '../../src/modules/ip/ip.service.js';
import { ClaimService } from '../../src/modules/machine/allocation/claim.service.js';
import { BundleRepository } from '../../src/modules/machine/bundle/bundle.repository.js';
import { BundleSweeper } from '../../src/modules/machine/bundle/bundle-sweeper.service.js';
import { bundleTable } from '../../src/modules/machine/bundle/bundle.table.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { AllocationSite } from '../support/allocation-site.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { FragileEngine } from '../support/fragile-engine.js';
import { HeldWrites } from '../support/held-writes.js';
import { tableOf } from '../support/machines.js';
import { allocatedAt, ipBody, machineBody, violationsAt } from '../support/many.js';

const bodyOf = (site: AllocationSite) => ({ machines: [machineBody(site), machineBody(site)], ips: [ipBody(site)] });

const send = (server: TestApp, site: AllocationSite, key?: string) => {
  const request = server.as('editor').post('/allocation/many');
  return (key === undefined ? request : request.set('Idempotency-Key', key)).send(bodyOf(site));
};

/** Numbers of allocated machines and of addresses of no machine. */
const counts = (server: TestApp): readonly [number, number] => {
  const { machines, ips } = allocatedAt(server);
  return [machines.length, ips.length];
};

/** Frees everything, so that the fleet suffices for the next attempt. */
async function freeAll(server: TestApp, site: AllocationSite): Promise<void> {
  const { machines, ips } = allocatedAt(server);
  for (const ip of ips) await server.as('editor').delete(`/v1/ip/free/${ip}`).expect(200);
  for (const id of machines) await server.as('editor').delete(`/v1/machine/${id}/free`).expect(200);
  await site.seedOn(server, 4);
}

describe('a crash during allocation/many', () => {
  it.each([true, false])(
    'leaves everything or nothing, whichever write it hits; carried out: %s',
    async (carriedOut) => {
      const engine = new MemoryEngine();
      let victim = new FragileEngine(engine);
      const site = await AllocationSite.start(4, {}, { engine: victim.engine });
      let { server } = site;
      const seen = new Set<string>();
      for (let atWrite = 0, crashed = true; crashed; atWrite++) {
        victim.arm({ atWrite, carriedOut });
        const { status } = await send(server, site);
        crashed = victim.dead;
        victim.disarm();
        await server.close().catch(() => undefined);

        victim = new FragileEngine(engine);
        server = await startTestApp({}, { engine: victim.engine });
        const after = counts(server);
        if (status === 200) expect(after).toEqual([2, 1]);
        else
          expect([
            [0, 0],
            [2, 1],
          ]).toContainEqual(after);
        expect(await violationsAt(server)).toEqual([]);
        expect(tableOf(server, bundleTable).size).toBe(0);
        seen.add(`${status} ${after.join()}`);
        await freeAll(server, site);
      }
      expect([...seen].filter((outcome) => !outcome.startsWith('200')).length).toBe(2);
      await server.close();
    },
    600_000,
  );

  it.each([true, false])(
    'is repaired by the repetition with its key; carried out: %s',
    async (carriedOut) => {
      const engine = new MemoryEngine();
      let victim = new FragileEngine(engine);
      const site = await AllocationSite.start(4, {}, { engine: victim.engine });
      let { server } = site;
      for (let atWrite = 0, crashed = true; crashed; atWrite++) {
        const key = randomUUID();
        victim.arm({ atWrite, carriedOut });
        const first = await send(server, site, key);
        crashed = victim.dead;
        victim.disarm();
        await server.close().catch(() => undefined);

        victim = new FragileEngine(engine);
        server = await startTestApp({}, { engine: victim.engine });
        const repeated = await send(server, site, key).expect(200);
        // The process may die after it has responded, but before it has recorded that.
        if (first.status === 200) expect(repeated.text).toBe(first.text);
        expect((await send(server, site, key).expect(200)).text).toBe(repeated.text);
        expect(counts(server)).toEqual([2, 1]);
        expect(await violationsAt(server)).toEqual([]);
        await freeAll(server, site);
      }
      await server.close();
    },
    600_000,
  );
});

describe('allocation/many on several replicas', () => {
  const SHARED = { METAL_API_DB: 'rethinkdb', METAL_API_DATA_DIR: '/nonexistent', METAL_API_ALLOCATION_TIMEOUT: '1s' };

  it.each([
    ['machine', 'replace', 'it claimed machines'],
    ['ip', 'insert', 'it acquired addresses'],
    ['allocationbundle', 'replace', 'it decided'],
  ] as const)(
    'is undone by another replica when the first one froze while writing %s (%s: %s)',
    async (table, kind, _) => {
      const database = new MemoryEngine();
      const writes = new HeldWrites(database);
      const site = await AllocationSite.start(4, SHARED, { engine: writes.engine });
      const other = await startTestApp(SHARED, { engine: database });
      const release = writes.hold(table, kind);
      const frozen = send(site.server, site).then(({ status }) => status);
      await eventually('the first replica writes', () => writes.waiting > 0);
      const sweeper = other.app.get(BundleSweeper, { strict: false });
      await sweeper.sweep(Date.now() + 3600_000);
      release();
      expect([409, 503]).toContain(await frozen);
      expect(counts(other)).toEqual([0, 0]);
      await sweeper.sweep(Date.now() + 3600_000);
      expect(await violationsAt(other)).toEqual([]);
      await Promise.all([site.server.close(), other.close()]);
    },
  );

  it('is taken over with its key', async () => {
    const database = new MemoryEngine();
    const writes = new HeldWrites(database);
    const site = await AllocationSite.start(4, SHARED, { engine: writes.engine });
    const other = await startTestApp(SHARED, { engine: database });
    const key = randomUUID();
    const release = writes.hold('allocationbundle', 'replace');
    const frozen = send(site.server, site, key).then(({ status }) => status);
    await eventually('the first replica is about to decide', () => writes.waiting > 0);
    const { text } = await send(other, site, key).expect(200);
    release();
    expect([409, 503]).toContain(await frozen);
    expect((await send(other, site, key).expect(200)).text).toBe(text);
    expect(counts(other)).toEqual([2, 1]);
    expect(await violationsAt(other)).toEqual([]);
    await Promise.all([site.server.close(), other.close()]);
  });

  it('is completed by another replica when the first one froze after the decision', async () => {
    const database = new MemoryEngine();
    const writes = new HeldWrites(database);
    const site = await AllocationSite.start(4, SHARED, { engine: writes.engine });
    const other = await startTestApp(SHARED, { engine: database });
    const decision = writes.hold('allocationbundle', 'replace');
    const frozen = send(site.server, site).then(({ status }) => status);
    await eventually('the first replica is about to decide', () => writes.waiting > 0);
    const release = writes.hold('machine', 'replace');
    decision();
    await eventually('the first replica is about to allocate', () => writes.waiting > 0);
    await other.app.get(BundleSweeper, { strict: false }).sweep(Date.now() + 3600_000);
    expect(counts(other)).toEqual([2, 1]);
    expect(await violationsAt(other)).toEqual([]);
    release();
    expect(await frozen).toBe(200);
    await Promise.all([site.server.close(), other.close()]);
  });

  it('leaves no strays of a replica that froze, went on after its bundle was undone, and died', async () => {
    const site = await AllocationSite.start(2, SHARED, { engine: new MemoryEngine() });
    const ips = site.service(IpService);
    const spec = { networkId: site.network, projectId: site.lab.projects.a };
    const living = await site.service(BundleRepository).open([]);
    await ips.hold(spec, 'undone');
    const { id: kept } = await ips.hold(spec, living.id);
    const wanted = { specification: site.specification(), allocation: 'late' };
    await site.service(ClaimService).claimTogether([wanted], 'undone');
    const sweeper = site.service(BundleSweeper);
    await sweeper.sweep();
    expect(allocatedAt(site.server).ips).toEqual([kept]);
    expect([...site.machines.list()].filter(({ claim }) => claim)).toHaveLength(1);
    await sweeper.sweep(Date.now() + 3600_000);
    expect(await violationsAt(site.server)).toEqual([]);
    expect(counts(site.server)).toEqual([0, 0]);
    await site.close();
  });

  it('keeps a complete bundle of a request with a key as long as the key', async () => {
    const site = await AllocationSite.start(2, SHARED, { engine: new MemoryEngine() });
    await send(site.server, site, randomUUID()).expect(200);
    const bundles = tableOf(site.server, bundleTable);
    const sweeper = site.service(BundleSweeper);
    await sweeper.sweep(Date.now() + 3600_000);
    expect([...bundles.list()].map(({ state }) => state)).toEqual(['complete']);
    const [{ id } = { id: '' }] = [...bundles.list()];
    await bundles.update(id, (bundle) => ({ ...bundle, deadline: '2020-01-01T00:00:00.000Z' }));
    await sweeper.sweep();
    expect(bundles.size).toBe(0);
    expect(counts(site.server)).toEqual([2, 1]);
    await site.close();
  });
});
