import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../../platform/store/memory/memory-engine.js';
import { ManualClock } from '../../../shared/clock.js';
import { memoryTable } from '../../../../test/support/store.js';
import { newMachine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { EventService } from './event.service.js';
import { eventTable } from './event.table.js';
import { LivelinessService } from './liveliness.service.js';
import { MachineRepository } from '../core/machine.repository.js';

/** One process on a database that may be shared. */
function replica(engine = new MemoryEngine(), clock = new ManualClock()) {
  const events = memoryTable(eventTable, engine);
  const machines = memoryTable(machineTable, engine);
  const repository = new MachineRepository(machines, clock);
  const service = new EventService(events, repository, clock);
  return { engine, clock, events, machines, service, liveliness: new LivelinessService(repository, events, clock) };
}

describe('EventService', () => {
  it('creates an unknown machine with its first event', async () => {
    const { service, machines, events } = replica();
    await service.accept('m1', 'PXE Booting', 'machine sent extended dhcp request');
    expect(machines.get('m1')).toMatchObject({ id: 'm1', partitionId: undefined, waiting: false });
    expect(events.get('m1')?.events).toMatchObject([{ event: 'PXE Booting' }]);
  });

  it('rejects an empty ID and an unknown event, and stores nothing', async () => {
    const { service, machines, events } = replica();
    await expect(service.accept('', 'Alive', '')).rejects.toMatchObject({ kind: 'malformed' });
    await expect(service.accept('x'.repeat(128), 'Alive', '')).rejects.toMatchObject({ kind: 'malformed' });
    await expect(service.accept('m1', 'alive', '')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(service.accept('m1', 'toString', '')).rejects.toMatchObject({ kind: 'invalid' });
    expect([machines.size, events.size]).toEqual([0, 0]);
  });

  it('loses no event if two replicas write concurrently', async () => {
    const a = replica();
    const b = replica(a.engine, a.clock);
    const sent = Array.from({ length: 60 }, (_, n) =>
      (n % 2 ? a : b).service.record('m1', 'Planned Reboot', String(n)),
    );
    await Promise.all(sent);
    const messages = b.events.get('m1')!.events.map(({ message }) => Number(message));
    expect(messages.sort((x, y) => x - y)).toEqual(Array.from({ length: 60 }, (_, n) => n));
  });

  it('stores the heartbeats of many machines in few writes', async () => {
    const { service, events, clock } = replica();
    const ids = Array.from({ length: 500 }, (_, n) => `m${n}`);
    for (const id of ids) await service.record(id, 'Phoned Home', '');
    let writes = 0;
    const patchUnchecked = events.patchUnchecked.bind(events);
    events.patchUnchecked = (patches) => (writes++, patchUnchecked(patches));
    clock.advance(60_000);
    await Promise.all(ids.map((id) => service.record(id, 'Phoned Home', '')));
    expect(writes).toBeLessThanOrEqual(2);
    const expected = new Date(clock.now()).toISOString();
    expect(ids.every((id) => events.get(id)!.lastEventTime === expected)).toBe(true);
  });

  it('rejects a heartbeat that could not be stored', async () => {
    const { service, events } = replica();
    await service.record('m1', 'Phoned Home', '');
    events.patchUnchecked = () => Promise.reject(new Error('database gone'));
    await expect(service.record('m1', 'Phoned Home', '')).rejects.toThrow('database gone');
  });

  it('resets the fail count for legacy clients', async () => {
    const { service, events } = replica();
    await service.record('m1', 'Crashed', 'boom');
    expect(events.get('m1')!.crashLoop).toBe(true);
    await service.acceptLegacy('m1', 'Reset Fail Count', 'by hand');
    expect(events.get('m1')).toMatchObject({ crashLoop: false, events: [{ event: 'Reset Fail Count' }, {}] });
    expect(events.get('m1')!.lastErrorEvent).toMatchObject({ event: 'Crashed' });
  });

  it('removes the log of a removed machine', async () => {
    const { service } = replica();
    await service.record('m1', 'Crashed', 'boom');
    await service.forget('m1');
    await service.ensure('m1');
    expect(service.find('m1')).toMatchObject({ events: [], liveliness: 'Alive' });
  });
});

describe('liveliness', () => {
  it('distinguishes live machines from silent ones, and allocated machines from free ones', async () => {
    const { service, liveliness, machines, events, clock } = replica();
    const now = new Date(clock.now()).toISOString();
    for (const id of ['free', 'taken', 'loud']) {
      await service.accept(id, 'Waiting', '');
    }
    await machines.update('taken', (machine) => ({ ...machine, allocation: {} as never }));
    await machines.insert(newMachine('mute', now));
    await service.ensure('silent');
    await machines.insert(newMachine('silent', now));
    expect(await liveliness.evaluate()).toEqual({ alive: 4, dead: 0, unknown: 1, errors: 0 });

    clock.advance(5 * 60_000 + 1);
    await service.record('loud', 'Alive', '');
    expect(await liveliness.evaluate()).toEqual({ alive: 2, dead: 1, unknown: 2, errors: 0 });
    expect(events.get('free')!.liveliness).toBe('Dead');
    expect(events.get('taken')!.liveliness).toBe('Unknown');
    expect(events.get('mute')).toBeUndefined();

    await service.record('free', 'Alive', '');
    expect(events.get('free')!.liveliness).toBe('Alive');
  });

  it('writes nothing if nothing changes', async () => {
    const { service, liveliness, events } = replica();
    await service.accept('m1', 'Waiting', '');
    const before = events.get('m1');
    await liveliness.evaluate();
    expect(events.get('m1')).toBe(before);
  });
});
