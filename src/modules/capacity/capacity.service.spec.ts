import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../platform/auth/user.js';
import { encodeJson } from '../../platform/http/wire/json.js';
import type { JsonPieces } from '../../platform/http/wire/json-pieces.js';
import { LoopSlicer } from '../../shared/event-loop.js';
import { newEventContainer } from '../machine/event/provisioning-event.js';
import { newMachine } from '../machine/machine.js';
import type { Machine } from '../machine/machine.js';
import { CapacityController } from './capacity.controller.js';
import { CapacityService } from './capacity.service.js';

/** Called in each pause. */
let inPause: () => void;
let pauses: ReturnType<typeof vi.spyOn>;
let clock: ReturnType<typeof vi.spyOn>;

/** Each step takes more than a turn. */
beforeEach(() => {
  inPause = () => undefined;
  let now = performance.now();
  clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 11));
  pauses = vi.spyOn(LoopSlicer.prototype, 'pause').mockImplementation(async () => {
    await Promise.resolve();
    inPause();
  });
});
afterEach(() => {
  pauses.mockRestore();
  clock.mockRestore();
});

function setUp(count: number, partitionOf: (number: number) => string) {
  const machines = new Map<string, Machine>();
  for (let number = 0; number < count; number++) {
    const id = `m${String(number).padStart(3, '0')}`;
    machines.set(id, { ...newMachine(id, ''), partitionId: partitionOf(number), sizeId: 'small', revision: 1 });
  }
  const partition = (id: string) => ({ id, name: id, description: '' });
  const ids = [...new Set([...machines.values()].map((machine) => machine.partitionId ?? ''))].sort();
  const silent = new Set<string>();
  const service = new CapacityService(
    { get: partition, find: partition, list: () => ids.map(partition) } as never,
    { find: (id: string) => ({ id }) } as never,
    { forSize: () => [] } as never,
    { search: () => [...machines.values()] } as never,
    { find: (id: string) => (silent.has(id) ? undefined : { ...newEventContainer(id, ''), revision: 1 }) } as never,
    {
      judge:
        () =>
        ({ id }: Machine) => ({ machineId: id, issues: id.endsWith('7') ? ['ill'] : [] }),
    } as never,
  );
  return { machines, silent, service };
}

describe('CapacityService', () => {
  it('pauses after each machine and each partition if they take long, also for legacy clients', async () => {
    const { service } = setUp(40, (number) => `p${number % 4}`);
    expect(await service.capacity({})).toHaveLength(4);
    expect(pauses.mock.calls.length).toBeGreaterThanOrEqual(44);
    pauses.mockClear();
    expect(await service.legacyCapacity()).toHaveLength(4);
    expect(pauses.mock.calls.length).toBeGreaterThanOrEqual(44);
  });

  it('starts in a turn of its own, and pauses after the search for the machines', async () => {
    const { service } = setUp(0, () => 'p');
    expect(await service.capacity({})).toEqual([]);
    expect(pauses).toHaveBeenCalledTimes(2);
  });

  it('counts the machines of one moment, each once, whatever changes in a pause', async () => {
    const { machines, service } = setUp(20, (number) => `p${number % 2}`);
    let moves = 0;
    inPause = () => {
      if (++moves < 2) return; // the first pause is before the search
      for (const [id, machine] of machines) machines.set(id, { ...machine, partitionId: `p${moves % 2}` });
      machines.delete([...machines.keys()].at(-1) ?? '');
    };
    const counted = await service.capacity({});
    expect(counted.map(({ partition, servers }) => [partition.id, servers.map(({ total }) => total)])).toEqual([
      ['p0', [10]],
      ['p1', [10]],
    ]);
    expect(machines.size).toBe(0);
  });

  it('orders partitions and faulty machines by ID, and omits machines that never reported', async () => {
    const { silent, service } = setUp(40, (number) => `p${1 - (number % 2)}`);
    silent.add('m017').add('m018');
    const counted = await service.capacity({});
    expect(counted.map(({ servers }) => servers[0])).toMatchObject([
      { total: 19, faultyMachines: ['m007', 'm027', 'm037'] },
      { total: 19, faultyMachines: [] },
    ]);
    expect((await service.legacyCapacity()).map(({ servers }) => servers[0]?.total)).toEqual([20, 20]);
  });
});

describe('CapacityController', () => {
  const admin = { groups: ['admin'] } as unknown as User;

  it('maps and encodes partitions in turns, so that nothing is left to encode when it responds', async () => {
    const { service } = setUp(40, (number) => `p${number % 20}`);
    const counted = await service.capacity({});
    pauses.mockClear();
    const controller = new CapacityController({ capacity: () => Promise.resolve(counted) } as never);
    const partitions = await controller.partitionCapacity({}, admin);
    expect(partitions).toHaveLength(20);
    expect(pauses.mock.calls.length).toBeGreaterThanOrEqual(20);
    const plain = JSON.stringify(partitions);
    const encodings = vi.spyOn(JSON, 'stringify');
    try {
      expect((encodeJson(partitions) as JsonPieces).toString()).toBe(plain);
      expect(encodings).not.toHaveBeenCalled();
    } finally {
      encodings.mockRestore();
    }
  });
});
