import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { ManualClock } from '../../../shared/clock.js';
import { newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { MachineRepository } from './machine.repository.js';

const BEFORE = '2020-01-01T00:00:00.000Z';

async function setUp() {
  const clock = new ManualClock();
  const repository = new MachineRepository(memoryTable(machineTable), clock);
  const machine = await repository.create(newMachine('m', BEFORE));
  return { repository, machine, now: new Date(clock.now()).toISOString() };
}

const waiting = (machine: Machine): Machine => ({ ...machine, waiting: true });

describe('MachineRepository', () => {
  it('records the time of a change', async () => {
    const { repository, now } = await setUp();
    expect(await repository.change('m', waiting)).toMatchObject({ waiting: true, changed: now });
  });

  it('leaves the time alone for bookkeeping', async () => {
    const { repository } = await setUp();
    expect(await repository.maintain('m', waiting)).toMatchObject({ waiting: true, changed: BEFORE });
  });

  it('writes nothing if the transition returns the same machine', async () => {
    const { repository, machine } = await setUp();
    expect(await repository.change('m', (same) => same)).toBe(machine);
    expect(await repository.createOrChange('m', (same) => same!)).toBe(machine);
    expect(repository.get('m')).toBe(machine);
  });

  it('creates an unknown machine with the times that the transition gives', async () => {
    const { repository } = await setUp();
    const created = await repository.createOrChange('x', (machine) => machine ?? newMachine('x', BEFORE));
    expect(created).toMatchObject({ id: 'x', created: BEFORE, changed: BEFORE });
  });

  it('refuses to change or to remove another revision than the one that was checked', async () => {
    const { repository, machine, now } = await setUp();
    const next = await repository.changeRevision(machine, waiting);
    expect(next).toMatchObject({ waiting: true, changed: now });
    const conflict = expect.objectContaining({ kind: 'conflict' }) as Error;
    await expect(repository.changeRevision(machine, waiting)).rejects.toEqual(conflict);
    await expect(repository.remove(machine)).rejects.toEqual(conflict);
    await repository.remove(next);
    expect(repository.size).toBe(0);
  });
});
