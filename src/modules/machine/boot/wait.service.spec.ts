import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { InProcessBroker, InProcessBus } from '../../../platform/bus/in-process/in-process-bus.js';
import type { FeedSink } from '../../../platform/store/engine.js';
import { MemoryEngine } from '../../../platform/store/memory/memory-engine.js';
import { ManualClock } from '../../../shared/clock.js';
import type { Document } from '../../../shared/document.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { MemoryLog } from '../../../shared/log.js';
import { newMachine } from '../machine.js';
import type { Machine, MachineAllocation, MachineRelease } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { KEEP_ALIVE_MS, WaitService } from './wait.service.js';

const ALLOCATION = {
  uuid: 'a1',
  role: 'machine',
  project: 'p1',
  imageId: 'i',
  networks: [],
} as Partial<MachineAllocation>;
const RELEASE = { id: 'r1', allocation: '', deadline: '' } as MachineRelease;

/** A database whose feed can fall behind. */
class LateEngine extends MemoryEngine {
  late = false;

  override follow(table: string, sink: FeedSink) {
    const put = (document: Document): void => (this.late ? undefined : sink.put(document));
    const [removed, lost, forget] = [sink.removed.bind(sink), sink.lost.bind(sink), sink.forget.bind(sink)];
    return super.follow(table, { snapshot: sink.snapshot.bind(sink), put, removed, lost, forget });
  }
}

/** One process of the server; several share database and broker. */
async function replica(engine = new MemoryEngine(), broker = new InProcessBroker()) {
  const machines = memoryTable(machineTable, engine);
  if (!machines.get('m1')) await machines.insert(newMachine('m1', '2026-01-01T00:00:00.000Z'));
  const bus = new InProcessBus(broker);
  const log = new MemoryLog();
  const service = new WaitService(machines, new ManualClock(), log, bus);
  const change = (fields: Partial<Machine>) => machines.update('m1', (machine) => ({ ...machine, ...fields }));
  return { engine, broker, machines, bus, log, service, change };
}

const allocated = { allocation: ALLOCATION as MachineAllocation };

/** A waiting call, and what became of it so far. */
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

/** Lets everything run that does not wait for time. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('waiting for an allocation', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  it('marks the machine, says every five seconds that it still waits, and ends with the allocation', async () => {
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

  it('ends at once for a machine that is allocated, and fails for one that does not exist', async () => {
    const { service, change } = await replica();
    await change(allocated);
    const [known, unknown] = [call(service), call(service, 'm9')];
    await Promise.all([known.done, unknown.done]);
    expect([known.state.ended, unknown.state.ended]).toEqual(['ok', 'no machine with id "m9" found']);
  });

  it('serves several calls of one machine independently', async () => {
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

  it('stays a candidate when the connection breaks', async () => {
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
    const b = await replica(a.engine, a.broker);
    const { state, done } = call(a.service);
    await settle();
    expect(b.machines.get('m1')!.waiting).toBe(true);
    await b.change(allocated);
    await done;
    expect(state.ended).toBe('ok');
    expect(b.machines.get('m1')!.waiting).toBe(false);
  });

  it('believes a notice more than its memory', async () => {
    const engine = new LateEngine();
    const a = await replica(engine);
    const { state, done } = call(a.service);
    await settle();
    engine.late = true;
    const { current } = await engine.read('machine', 'm1');
    await engine.replace('machine', { ...current!, ...allocated }, current!.revision);
    await settle();
    expect(state.ended).toBe('no');
    a.bus.notifyAllocation('m1');
    await done;
    expect(state.ended).toBe('ok');
  });

  it('does not offer a machine that is being freed, until that is over', async () => {
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

  it('does not offer a machine again that was freed while its installer waited: it is being rebooted', async () => {
    const { service, machines, change } = await replica();
    call(service);
    await settle();
    await change({ release: RELEASE, waiting: false });
    await change({ release: undefined });
    await settle();
    expect(machines.get('m1')!.waiting).toBe(false);
  });

  it('ends with an error when the machine is deleted', async () => {
    const { service, machines } = await replica();
    const { state, done } = call(service);
    await settle();
    await machines.remove('m1');
    await done;
    expect(state.ended).toBe('no machine with id "m1" found');
  });
});
