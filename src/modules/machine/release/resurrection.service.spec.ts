import { describe, expect, it } from 'vitest';
import { plantedAllocation } from '../../../../test/support/machines.js';
import { memoryTable } from '../../../../test/support/store.js';
import { ManualClock, timestamp } from '../../../shared/clock.js';
import { invalid } from '../../../shared/errors/domain-error.js';
import { MemoryLogger } from '../../../shared/app-logger.js';
import { EventService } from '../event/event.service.js';
import { eventTable } from '../event/event.table.js';
import { newEventContainer } from '../event/provisioning-event.js';
import type { EventContainer } from '../event/provisioning-event.js';
import { newMachine } from '../machine.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { machineTable } from '../machine.table.js';
import type { ReleaseService } from './release.service.js';
import { ResurrectionService } from './resurrection.service.js';
import { MachineRepository } from '../core/machine.repository.js';

const HOUR = 3600_000;

async function resurrection(cases: Record<string, [Partial<Machine>, Partial<EventContainer> | undefined]>) {
  const machines = memoryTable(machineTable);
  const events = memoryTable(eventTable);
  const clock = new ManualClock();
  const log = new MemoryLogger();
  const reclaimed: string[] = [];
  /** Called while a machine is rebooted. */
  const meanwhile = { act: async (): Promise<unknown> => undefined };
  const releases = {
    async reclaim(id: string) {
      await meanwhile.act();
      if (machines.get(id)!.state.value === 'LOCKED') throw invalid('locked');
      reclaimed.push(id);
    },
  } as unknown as ReleaseService;
  for (const [id, [fields, container]] of Object.entries(cases)) {
    await machines.insert({ ...newMachine(id, ''), partitionId: 'p1', ...fields });
    if (container) await events.insert({ ...newEventContainer(id, ''), ...container });
  }
  const repository = new MachineRepository(machines, clock);
  const eventService = new EventService(events, repository, clock);
  const service = new ResurrectionService(repository, clock, log, eventService, releases);
  return { service, reclaimed, log, machines, meanwhile };
}

const ago = (milliseconds: number) => timestamp(new ManualClock().now() - milliseconds);

describe('ResurrectionService', () => {
  it('reboots unowned machines that have been dead for an hour or whose reclaim failed', async () => {
    const dead = { liveliness: 'Dead', lastEventTime: ago(HOUR + 1) } as const;
    const { service, reclaimed } = await resurrection({
      dead: [{}, dead],
      'dead for less': [{}, { ...dead, lastEventTime: ago(HOUR) }],
      alive: [{}, { liveliness: 'Alive', lastEventTime: ago(2 * HOUR) }],
      'never reported': [{}, undefined],
      'without events': [{}, { liveliness: 'Dead', failedMachineReclaim: true }],
      'reclaim failed': [{}, { liveliness: 'Alive', lastEventTime: ago(0), failedMachineReclaim: true }],
      allocated: [{ allocation: { networks: [] } as unknown as MachineAllocation }, dead],
      claimed: [
        { claim: { allocation: 'a', project: 'p', role: 'machine', tags: [], deadline: '', undoing: false } },
        dead,
      ],
      'being freed': [{ release: { id: 'r', deadline: '' } }, dead],
    });
    expect(await service.resurrect()).toEqual({ resurrected: 2, errors: 0 });
    expect(reclaimed.sort()).toEqual(['dead', 'reclaim failed']);
  });

  it('skips a machine that was allocated while others were rebooted', async () => {
    const dead = { liveliness: 'Dead', lastEventTime: ago(2 * HOUR) } as const;
    const { service, reclaimed, machines, meanwhile } = await resurrection({ one: [{}, dead], two: [{}, dead] });
    const allocation = plantedAllocation();
    meanwhile.act = () => machines.update('two', (machine) => ({ ...machine, allocation }));
    expect(await service.resurrect()).toEqual({ resurrected: 1, errors: 0 });
    expect(reclaimed).toEqual(['one']);
  });

  it('continues after a machine that cannot be rebooted', async () => {
    const dead = { liveliness: 'Dead', lastEventTime: ago(2 * HOUR) } as const;
    const state = { value: 'LOCKED', description: 'why', issuer: '', metalHammerVersion: '' } as const;
    const { service, reclaimed, log } = await resurrection({ locked: [{ state }, dead], dead: [{}, dead] });
    expect(await service.resurrect()).toEqual({ resurrected: 1, errors: 1 });
    expect(reclaimed).toEqual(['dead']);
    expect(log.lines).toEqual(['could not reboot lost machine locked']);
  });
});
