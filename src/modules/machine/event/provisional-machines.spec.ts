import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { MemoryEngine } from '../../../platform/store/memory/memory-engine.js';
import { ManualClock } from '../../../shared/clock.js';
import { newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { EventService } from './event.service.js';
import { eventTable } from './event.table.js';
import { MAX_PROVISIONAL, PROVISIONAL_LIFETIME_MS } from './provisional-machines.js';
import { MachineRepository } from '../core/machine.repository.js';

/** One process on a database that may be shared. */
function replica(engine = new MemoryEngine(), clock = new ManualClock()) {
  const [events, machines] = [memoryTable(eventTable, engine), memoryTable(machineTable, engine)];
  return {
    engine,
    clock,
    events,
    machines,
    service: new EventService(events, new MachineRepository(machines, clock), clock),
  };
}

const sent = (ids: readonly string[], event = 'PXE Booting') =>
  ids.map((machineId) => ({ machineId, event, message: '' }));
const invented = (count: number, prefix = 'x') => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('ProvisionalMachines', () => {
  it('limits their number, whatever one message contains', async () => {
    const { service, machines, events } = replica();
    const lost = await service.acceptAll(sent(invented(3 * MAX_PROVISIONAL)));
    expect([machines.size, events.size]).toEqual([MAX_PROVISIONAL, MAX_PROVISIONAL]);
    expect(lost.machineIds).toHaveLength(2 * MAX_PROVISIONAL);
    expect(lost.reason).toMatchObject({
      kind: 'exhausted',
      message: expect.stringContaining(`${MAX_PROVISIONAL}`) as string,
    });
  });

  it.each([
    [
      'one after the other',
      async (ids: string[], service: EventService) => {
        for (const id of ids) await service.accept(id, 'Alive', '').catch(() => undefined);
      },
    ],
    [
      'all at once',
      (ids: string[], service: EventService) => Promise.allSettled(ids.map((id) => service.accept(id, 'Alive', ''))),
    ],
    [
      'in several messages',
      (ids: string[], service: EventService) =>
        Promise.all([ids.slice(0, 700), ids.slice(700)].map((part) => service.acceptAll(sent(part)))),
    ],
    [
      'over the legacy route',
      (ids: string[], service: EventService) =>
        Promise.allSettled(ids.map((id) => service.acceptLegacy(id, 'Alive', ''))),
    ],
    [
      'with the event that resets counters',
      (ids: string[], service: EventService) =>
        Promise.allSettled(ids.map((id) => service.acceptLegacy(id, 'Reset Fail Count', ''))),
    ],
    [
      'each one many times',
      (ids: string[], service: EventService) => service.acceptAll(sent([...ids, ...ids, ...ids])),
    ],
  ] as [string, (ids: string[], service: EventService) => Promise<unknown>][])(
    'limits their number when ids are sent %s',
    async (_how, send) => {
      const { service, machines } = replica();
      await send(invented(MAX_PROVISIONAL + 200), service);
      expect(machines.size).toBe(MAX_PROVISIONAL);
    },
  );

  it('leaves room for known machines', async () => {
    const { service, machines, events } = replica();
    await machines.insert({ ...newMachine('known', ''), partitionId: 'fra' });
    await service.acceptAll(sent(invented(MAX_PROVISIONAL)));
    await service.accept('known', 'Preparing', '');
    await service.accept('x7', 'Preparing', '');
    expect([events.get('known')?.events.length, events.get('x7')?.events.length]).toEqual([1, 2]);
    await expect(service.accept('new', 'Preparing', '')).rejects.toMatchObject({ kind: 'exhausted' });
  });

  it('counts on every replica', async () => {
    const a = replica();
    const b = replica(a.engine, a.clock);
    await a.service.acceptAll(sent(invented(MAX_PROVISIONAL)));
    await expect(b.service.accept('new', 'Preparing', '')).rejects.toMatchObject({ kind: 'exhausted' });
  });

  it('removes machines and their events after a period of silence, which makes room', async () => {
    const { service, machines, events, clock } = replica();
    await service.acceptAll(sent(invented(MAX_PROVISIONAL)));
    clock.advance(PROVISIONAL_LIFETIME_MS - 1);
    expect(await service.forgetProvisional()).toBe(0);
    await service.accept('x0', 'Alive', '');
    clock.advance(2);
    expect(await service.forgetProvisional()).toBe(MAX_PROVISIONAL - 1);
    expect([...machines.list()].map(({ id }) => id)).toEqual(['x0']);
    expect([...events.list()].map(({ id }) => id)).toEqual(['x0']);
    await service.accept('new', 'Preparing', '');
  });

  const kept: [string, Partial<Machine>][] = [
    ['registered', { sizeId: 'unknown' }],
    ['reported by a BMC watcher', { partitionId: 'fra' }],
    ['locked by an operator', { state: { value: 'LOCKED', description: 'x', issuer: 'y', metalHammerVersion: '' } }],
    ['allocated', { allocation: {} as never }],
    ['being allocated', { claim: {} as never }],
    ['being freed', { release: {} as never }],
  ];
  it.each(kept)('keeps a machine that is %s in the meantime', async (_what, fields) => {
    const { service, machines, clock } = replica();
    await service.accept('m1', 'PXE Booting', '');
    await machines.update('m1', (machine) => ({ ...machine, ...fields }));
    clock.advance(10 * PROVISIONAL_LIFETIME_MS);
    expect(await service.forgetProvisional()).toBe(0);
    expect(machines.get('m1')).toMatchObject(fields);
  });

  it('keeps a machine that has reported to another replica', async () => {
    const a = replica();
    await a.service.accept('m1', 'PXE Booting', '');
    const b = replica(a.engine, a.clock);
    a.clock.advance(PROVISIONAL_LIFETIME_MS + 1);
    await b.service.accept('m1', 'Alive', '');
    expect(await a.service.forgetProvisional()).toBe(0);
  });

  it('also removes machines left behind by an older version', async () => {
    const { engine, clock } = replica();
    const old = memoryTable(machineTable, engine);
    for (const id of invented(20, 'old')) await old.insert(newMachine(id, '2020-01-01T00:00:00.000Z'));
    const { service, machines } = replica(engine, clock);
    expect(await service.forgetProvisional()).toBe(20);
    expect(machines.size).toBe(0);
  });
});

describe('EventService.acceptAll', () => {
  it('yields to other work', async () => {
    const { service } = replica();
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await service.acceptAll(sent(invented(20_000)));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it('stores all valid events of a message despite invalid ones', async () => {
    const { service, events } = replica();
    const lost = await service.acceptAll([
      ...sent(['', 'a/b', 'x'.repeat(200)]),
      ...sent(['good']),
      ...sent(['odd'], 'toString'),
      ...sent(['late'], 'pxe booting'),
    ]);
    expect(lost.machineIds.toSorted()).toEqual(['', 'a/b', 'late', 'odd', 'x'.repeat(200)]);
    expect([...events.list()].map(({ id }) => id)).toEqual(['good']);
  });

  it('rejects the whole message for a bug, after processing all other events', async () => {
    const { service, machines, events } = replica();
    await service.accept('m1', 'PXE Booting', '');
    const upsert = machines.upsert.bind(machines);
    machines.upsert = (id, change) => (id === 'bad' ? Promise.reject(new Error('a bug')) : upsert(id, change));
    await expect(service.acceptAll(sent(['bad', 'm1', 'm2'], 'Preparing'))).rejects.toThrow('a bug');
    expect(events.get('m2')?.events).toHaveLength(1);
  });
});
