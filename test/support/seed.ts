import { LAB_HARDWARE } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { newEventContainer } from '../../src/modules/machine/event/provisioning-event.js';
import type { EventContainer } from '../../src/modules/machine/event/provisioning-event.js';
import { newMachine } from '../../src/modules/machine/machine.js';
import type { Machine } from '../../src/modules/machine/machine.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import type { Content } from '../../src/shared/document.js';
import type { Table, TableDefinition, Document } from '../../src/platform/store/table.js';

/** Returns the live table of a definition, from a running application or from a store of the test. */
export type Tables = <T extends Document, I extends string>(definition: TableDefinition<T, I>) => Table<T, I>;

export const machineId = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** A registered machine of the lab that waits for an allocation. */
export function waitingMachine(index: number, lab: Pick<Lab, 'partition' | 'size'>, rack = 'rack-1'): Content<Machine> {
  return {
    ...newMachine(machineId(index), new Date().toISOString()),
    partitionId: lab.partition,
    sizeId: lab.size,
    rackId: rack,
    waiting: true,
    hardware: {
      memory: LAB_HARDWARE.memory,
      cpus: [{ vendor: 'v', model: 'm', cores: LAB_HARDWARE.cores, threads: LAB_HARDWARE.cores }],
      gpus: [],
      disks: [LAB_HARDWARE.disk],
      nics: [],
    },
  };
}

/** An event container of a machine that is alive and waiting. */
export function aliveContainer(id: string): Content<EventContainer> {
  const now = new Date().toISOString();
  return {
    ...newEventContainer(id, now),
    liveliness: 'Alive',
    lastEventTime: now,
    events: [{ time: now, event: 'Waiting', message: '' }],
  };
}

/** Seeds machines `0` to `count - 1`, all waiting; existing free ones wait again. */
export async function seedWaitingMachines(
  tables: Tables,
  count: number,
  lab: Pick<Lab, 'partition' | 'size'>,
): Promise<void> {
  const machines = tables(machineTable);
  const events = tables(eventTable);
  const each = Array.from({ length: count }, async (_, index) => {
    await machines.upsert(machineId(index), (machine) =>
      machine ? { ...machine, waiting: machine.allocation === undefined } : waitingMachine(index, lab),
    );
    await events.upsert(machineId(index), () => aliveContainer(machineId(index)));
  });
  await Promise.all(each);
}
