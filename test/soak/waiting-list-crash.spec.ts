import { afterEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { ABANDONED_AFTER } from '../../src/modules/machine/allocation/placement-ledger.js';
import { bundleTable } from '../../src/modules/machine/bundle/bundle.table.js';
import { WaitingListPass } from '../../src/modules/machine/waiting-list/waiting-list-pass.service.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { ManualClock } from '../../src/shared/clock.js';
import { AllocationSite } from '../support/allocation-site.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { FragileEngine } from '../support/fragile-engine.js';
import { HeldWrites } from '../support/held-writes.js';
import { tableOf } from '../support/machines.js';
import { allocatedAt, ipBody, violationsAt } from '../support/many.js';
import { seedWaitingMachines } from '../support/seed.js';
import { openTables } from '../support/tables.js';
import { entriesOf, passOf, waitingBody } from '../support/waiting.js';
import type { WaitAnswer } from '../support/waiting.js';

const MANY = '/allocation/many';

/** The clock of the servers goes ahead of that of the callers. */
const ANY_AGE = Object.fromEntries(['VIEW', 'EDIT', 'ADMIN'].map((type) => [`METAL_API_HMAC_${type}_LIFETIME`, '0']));

const bodyOf = (site: AllocationSite) => ({ ...waitingBody(site, 2), ips: [ipBody(site)] });

async function join(server: TestApp, site: AllocationSite): Promise<string> {
  return ((await server.as('editor').post(MANY).send(bodyOf(site)).expect(202)).body as WaitAnswer).id;
}

const stateOf = (server: TestApp, id: string): string | undefined =>
  entriesOf(server).find((entry) => entry.id === id)?.state;

/** Makes sure that the entry got its members once, and that nothing else is there. */
async function expectServed(server: TestApp, id: string): Promise<void> {
  expect(stateOf(server, id)).toBe('served');
  const { machines, ips } = entriesOf(server).find((entry) => entry.id === id)!;
  expect(allocatedAt(server)).toEqual({ machines: [...machines].sort(), ips });
  expect([machines.length, ips.length]).toEqual([2, 1]);
  await server.app.get(WaitingListPass, { strict: false }).tidy();
  expect(tableOf(server, bundleTable).size).toBe(0);
  expect(await violationsAt(server)).toEqual([]);
}

async function freeAll(server: TestApp): Promise<void> {
  const { machines, ips } = allocatedAt(server);
  for (const ip of ips) await server.as('editor').delete(`/v1/ip/free/${ip}`).expect(200);
  for (const id of machines) await server.as('editor').delete(`/v1/machine/${id}/free`).expect(200);
}

describe('a crash while an entry of the waiting list is served', () => {
  it.each([true, false])(
    'neither loses it nor serves it twice, whichever write it hits; carried out: %s',
    async (carriedOut) => {
      const engine = new MemoryEngine();
      const clock = new ManualClock(Date.now());
      let victim = new FragileEngine(engine);
      const site = await AllocationSite.start(2, ANY_AGE, { engine: victim.engine, clock });
      let { server } = site;
      for (const index of [0, 1]) await site.change(index, { waiting: false });
      const { tables, close } = await openTables(engine);
      let writes = 0;
      for (let crashed = true; crashed; writes++) {
        const id = await join(server, site);
        victim.arm({ atWrite: writes, carriedOut });
        await seedWaitingMachines(tables, 2, site.lab);
        await eventually('the server has served it, or died', () => victim.dead || stateOf(server, id) === 'served');
        await passOf(server).catch(() => undefined);
        crashed = victim.dead;
        victim.disarm();
        await server.close().catch(() => undefined);

        victim = new FragileEngine(engine);
        server = await startTestApp(ANY_AGE, { engine: victim.engine, clock });
        clock.advance(ABANDONED_AFTER); // until then, a machine that was chosen and not claimed is not chosen again
        await passOf(server);
        await expectServed(server, id);
        await freeAll(server);
      }
      expect(writes).toBeGreaterThan(10);
      await close();
      await server.close();
    },
    600_000,
  );

  it.each([true, false])(
    'is repaired by a repetition of its request, whichever write of joining the list it hits; carried out: %s',
    async (carriedOut) => {
      const engine = new MemoryEngine();
      let victim = new FragileEngine(engine);
      const site = await AllocationSite.start(2, {}, { engine: victim.engine });
      let { server } = site;
      for (const index of [0, 1]) await site.change(index, { waiting: false });
      for (let atWrite = 0, crashed = true; crashed; atWrite++) {
        const key = randomUUID();
        const send = () => server.as('editor').post(MANY).set('Idempotency-Key', key).send(bodyOf(site));
        victim.arm({ atWrite, carriedOut });
        await send();
        crashed = victim.dead;
        victim.disarm();
        await server.close().catch(() => undefined);

        victim = new FragileEngine(engine);
        server = await startTestApp({}, { engine: victim.engine });
        const { id } = (await send().expect(202)).body as WaitAnswer;
        expect(entriesOf(server).filter(({ state }) => state === 'waiting')).toMatchObject([{ id }]);
        await server.as('editor').delete(`/allocation/wait/${id}`).expect(200);
      }
      await server.close();
    },
    600_000,
  );
});

describe('an entry of the waiting list on two replicas, one of which froze while it serves it,', () => {
  const SHARED = { METAL_API_DB: 'rethinkdb', METAL_API_DATA_DIR: '/nonexistent', METAL_API_ALLOCATION_TIMEOUT: '1s' };
  const open: TestApp[] = [];

  afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

  /** Two replicas with an entry; the first one has begun to serve it, and waits at a write of its bundle's decision. */
  async function frozenAtDecision() {
    const database = new MemoryEngine();
    const clock = new ManualClock(Date.now());
    const writes = new HeldWrites(database);
    const site = await AllocationSite.start(2, SHARED, { engine: writes.engine, clock });
    const slowWrites = new HeldWrites(database);
    const other = await startTestApp(SHARED, { engine: slowWrites.engine, clock });
    open.push(site.server, other);
    for (const index of [0, 1]) await site.change(index, { waiting: false });
    const id = await join(site.server, site);
    const decide = writes.hold('allocationbundle', 'replace');
    const take = slowWrites.hold('allocationwait', 'replace'); // keeps the other replica from being faster
    for (const index of [0, 1]) await site.change(index, { waiting: true });
    await eventually('the first replica is about to decide', () => writes.waiting > 0);
    take();
    await passOf(other);
    expect(stateOf(other, id)).toBe('serving');
    return { site, other, id, writes, decide, clock };
  }

  it('is served by the other one after the lease', async () => {
    const { site, other, id, decide, clock } = await frozenAtDecision();
    clock.advance(1_500);
    await passOf(other);
    await expectServed(other, id);
    decide();
    await passOf(site.server);
    await expectServed(other, id);
  });

  it('is marked by the other one after the lease if it was decided', async () => {
    const { site, other, id, writes, decide, clock } = await frozenAtDecision();
    const mark = writes.hold('allocationwait', 'replace');
    decide();
    await eventually('the first replica is about to mark it', () => writes.waiting > 0);
    clock.advance(1_500);
    await passOf(other);
    await expectServed(other, id);
    mark();
    await passOf(site.server);
    await expectServed(other, id);
  });

  it('is cancelled by the other one before the decision', async () => {
    const { site, other, id, decide } = await frozenAtDecision();
    await other.as('editor').delete(`/allocation/wait/${id}`).expect(200);
    decide();
    await passOf(site.server);
    expect(stateOf(other, id)).toBe('cancelled');
    expect(allocatedAt(other)).toEqual({ machines: [], ips: [] });
    expect(await violationsAt(other)).toEqual([]);
  });

  it('cannot be cancelled after the decision', async () => {
    const { site, other, id, writes, decide } = await frozenAtDecision();
    const mark = writes.hold('allocationwait', 'replace');
    decide();
    await eventually('the first replica is about to mark it', () => writes.waiting > 0);
    await other.as('editor').delete(`/allocation/wait/${id}`).expect(409);
    mark();
    await passOf(site.server);
    await expectServed(other, id);
  });
});
