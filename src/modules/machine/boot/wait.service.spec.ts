import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { Installation } from '../../../platform/store/installation/installation.js';
import { IDENTITY_ID } from '../../../platform/store/installation/identity.js';
import type { Identity } from '../../../platform/store/installation/identity.js';
import { MemoryEngine } from '../../../platform/store/memory/memory-engine.js';
import { ManualClock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { MemoryLogger } from '../../../shared/app-logger.js';
import { newMachine } from '../machine.js';
import type { Machine, MachineAllocation, MachineRelease } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { KEEP_ALIVE_MS, WaitService } from './wait.service.js';
import { MachineRepository } from '../core/machine.repository.js';

const ALLOCATION = {
  uuid: 'a1',
  role: 'machine',
  project: 'p1',
  imageId: 'i',
  networks: [],
} as Partial<MachineAllocation>;
const IDENTITY: Identity = { id: IDENTITY_ID, revision: 1, uuid: 'i1', created: '2026-01-01T00:00:00.000Z', epoch: 1 };
const RELEASE = { id: 'r1', deadline: '' } as MachineRelease;

/** One server process; several share a database. */
async function replica(engine = new MemoryEngine()) {
  const machines = memoryTable(machineTable, engine);
  if (!machines.get('m1')) await machines.insert(newMachine('m1', '2026-01-01T00:00:00.000Z'));
  const log = new MemoryLogger();
  const installation = new Installation();
  installation.update(IDENTITY);
  const service = new WaitService(new MachineRepository(machines, new ManualClock()), installation, log);
  const change = (fields: Partial<Machine>) => machines.update('m1', (machine) => ({ ...machine, ...fields }));
  return { engine, machines, log, service, change, installation };
}

const allocated = { allocation: ALLOCATION as MachineAllocation };

/** A waiting call, and its state so far. */
function call(service: WaitService, machineId = 'm1') {
  const controller = new AbortController();
  const state = { ended: 'no', messages: 0 };
  const done = service
    .wait(machineId, controller.signal, () => state.messages++)
    .then(
      () => (state.ended = 'ok'),
      (error: Error) => (state.ended = error.message),
    );
  return { controller, state, done };
}

/** Lets everything run that does not depend on time. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('WaitService', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('marks the machine as waiting, sends a keep-alive every five seconds, and ends with the allocation', async () => {
    const { service, machines, change } = await replica();
    const { state, done } = call(service);
    await settle();
    expect(machines.get('m1')!.waiting).toBe(true);
    vi.advanceTimersByTime(3 * KEEP_ALIVE_MS);
    expect(state).toEqual({ ended: 'no', messages: 3 });
    await change(allocated);
    await done;
    expect(state.ended).toBe('ok');
    expect(machines.get('m1')!.waiting).toBe(false);
    vi.advanceTimersByTime(10 * KEEP_ALIVE_MS);
    expect(state.messages).toBe(3);
    expect(service.waiting).toBe(0);
  });

  it('ends at once for an allocated machine, and fails for an unknown one', async () => {
    const { service, change } = await replica();
    await change(allocated);
    const [known, unknown] = [call(service), call(service, 'm9')];
    await Promise.all([known.done, unknown.done]);
    expect([known.state.ended, unknown.state.ended]).toEqual(['ok', 'no machine with id "m9" found']);
  });

  it('serves several calls for one machine independently', async () => {
    const { service, machines, change } = await replica();
    const calls = [call(service), call(service), call(service)];
    await settle();
    expect(service.waiting).toBe(3);
    calls[0]!.controller.abort(new DomainError('unavailable', 'the client is gone'));
    await calls[0]!.done;
    expect(calls.map(({ state }) => state.ended)).toEqual(['the client is gone', 'no', 'no']);
    expect(machines.get('m1')!.waiting).toBe(true);
    await change(allocated);
    await Promise.all(calls.map(({ done }) => done));
    expect(calls.map(({ state }) => state.ended)).toEqual(['the client is gone', 'ok', 'ok']);
    expect(service.waiting).toBe(0);
  });

  it('announces the machine again in a database that has gone back in time, and only then', async () => {
    const { service, machines, change, installation } = await replica();
    const { controller, done } = call(service);
    await settle();
    await change({ waiting: false });
    await settle();
    expect(machines.get('m1')!.waiting).toBe(false); // an old call must not revert a later decision
    installation.update({ ...IDENTITY, epoch: 2 });
    await settle();
    expect(machines.get('m1')!.waiting).toBe(true);
    controller.abort(new DomainError('unavailable', 'x'));
    await done;
  });

  it('leaves the machine a candidate when the connection breaks', async () => {
    const { service, machines } = await replica();
    const { controller, done } = call(service);
    await settle();
    controller.abort(new DomainError('unavailable', 'x'));
    await done;
    expect(machines.get('m1')!.waiting).toBe(true);
    expect(service.waiting).toBe(0);
  });

  it('ends when another replica allocates the machine', async () => {
    const a = await replica();
    const b = await replica(a.engine);
    const { state, done } = call(a.service);
    await settle();
    expect(b.machines.get('m1')!.waiting).toBe(true);
    await b.change(allocated);
    await done;
    expect(state.ended).toBe('ok');
    expect(b.machines.get('m1')!.waiting).toBe(false);
  });

  it('does not offer a machine that is being freed before the release has finished', async () => {
    const { service, machines, change } = await replica();
    await change({ release: RELEASE });
    const { state } = call(service);
    await settle();
    expect(machines.get('m1')!.waiting).toBe(false);
    await change({ release: undefined, waiting: false });
    await settle();
    expect(machines.get('m1')!.waiting).toBe(true);
    expect(state.ended).toBe('no');
  });

  it('does not re-offer a machine that was freed while its installer waited, because it is being rebooted', async () => {
    const { service, machines, change } = await replica();
    call(service);
    await settle();
    await change({ release: RELEASE, waiting: false });
    await change({ release: undefined });
    await settle();
    expect(machines.get('m1')!.waiting).toBe(false);
  });

  it('fails when the machine is deleted', async () => {
    const { service, machines } = await replica();
    const { state, done } = call(service);
    await settle();
    await machines.remove('m1');
    await done;
    expect(state.ended).toBe('no machine with id "m1" found');
  });
});
