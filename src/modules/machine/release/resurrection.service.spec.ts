import { describe, expect, it } from 'vitest';
import { plantedAllocation } from '../../../../test/support/machines.js';
import { memoryTable } from '../../../../test/support/store.js';
import { ManualClock, timestamp } from '../../../shared/clock.js';
import { invalid } from '../../../shared/errors/domain-error.js';
import { MemoryLog } from '../../../shared/log.js';
import { EventService } from '../event/event.service.js';
import { eventTable } from '../event/event.table.js';
import { newEventContainer } from '../event/provisioning-event.js';
import type { EventContainer } from '../event/provisioning-event.js';
import { newMachine } from '../machine.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { machineTable } from '../machine.table.js';
import type { ReleaseService } from './release.service.js';
import { ResurrectionService } from './resurrection.service.js';

const HOUR = 3600_000;

async function resurrection(cases: Record<string, [Partial<Machine>, Partial<EventContainer> | undefined]>) {
  const machines = memoryTable(machineTable);
  const events = memoryTable(eventTable);
  const clock = new ManualClock();
  const log = new MemoryLog();
  const reclaimed: string[] = [];
  /** What happens while a machine is rebooted. */
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
  const service = new ResurrectionService(machines, clock, log, new EventService(events, machines, clock), releases);
  return { service, reclaimed, log, machines, meanwhile };
}

const ago = (milliseconds: number) => timestamp(new ManualClock().now() - milliseconds);

describe('resurrection', () => {
  it('reboots machines that are dead for an hour or were not really given back, if nobody owns them', async () => {
    const dead = { liveliness: 'Dead', lastEventTime: ago(HOUR + 1) } as const;
    const { service, reclaimed } = await resurrection({
      dead: [{}, dead],
      'dead for less': [{}, { ...dead, lastEventTime: ago(HOUR) }],
      alive: [{}, { liveliness: 'Alive', lastEventTime: ago(2 * HOUR) }],
      'never reported': [{}, undefined],
      'without events': [{}, { liveliness: 'Dead', failedMachineReclaim: true }],
      'not given back': [{}, { liveliness: 'Alive', lastEventTime: ago(0), failedMachineReclaim: true }],
      allocated: [{ allocation: { networks: [] } as unknown as MachineAllocation }, dead],
      claimed: [
        { claim: { allocation: 'a', project: 'p', role: 'machine', tags: [], deadline: '', undoing: false } },
        dead,
      ],
      'being freed': [{ release: { id: 'r', allocation: '', deadline: '' } }, dead],
    });
    expect(await service.resurrect()).toEqual({ resurrected: 2, errors: 0 });
    expect(reclaimed.sort()).toEqual(['dead', 'not given back']);
  });

  it('leaves a machine alone that was allocated while others were rebooted', async () => {
    const dead = { liveliness: 'Dead', lastEventTime: ago(2 * HOUR) } as const;
    const { service, reclaimed, machines, meanwhile } = await resurrection({ one: [{}, dead], two: [{}, dead] });
    const allocation = plantedAllocation();
    meanwhile.act = () => machines.update('two', (machine) => ({ ...machine, allocation }));
    expect(await service.resurrect()).toEqual({ resurrected: 1, errors: 0 });
    expect(reclaimed).toEqual(['one']);
  });

  it('goes on after a machine that refuses', async () => {
    const dead = { liveliness: 'Dead', lastEventTime: ago(2 * HOUR) } as const;
    const state = { value: 'LOCKED', description: 'why', issuer: '', metalHammerVersion: '' } as const;
    const { service, reclaimed, log } = await resurrection({ locked: [{ state }, dead], dead: [{}, dead] });
    expect(await service.resurrect()).toEqual({ resurrected: 1, errors: 1 });
    expect(reclaimed).toEqual(['dead']);
    expect(log.lines).toEqual(['machine locked is lost and stays so']);
  });
});
