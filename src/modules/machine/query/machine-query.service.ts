import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { byId } from '../../../shared/entity.js';
import { notFound } from '../../../shared/errors/domain-error.js';
import { SwitchService } from '../../switch/switch.service.js';
import type { Bmc, Machine } from '../machine.js';
import { storedMachineId } from '../machine-ids.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { matcher } from './machine-query.js';
import type { MachineQuery } from './machine-query.js';

type MachineIndex = keyof typeof machineTable.indexes;

/** Reads machines, from memory only. */
@Injectable()
export class MachineQueryService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine, MachineIndex>,
    @InjectTable(bmcTable) private readonly bmcs: Table<Bmc, 'address'>,
    @Inject(SwitchService) private readonly switches: Pick<SwitchService, 'roomOf'>,
  ) {}

  /** By any spelling of its UUID. */
  find(id: string): Machine | undefined {
    return this.machines.get(storedMachineId(this.machines, id));
  }

  /** Throws `not-found`. */
  get(id: string): Machine {
    const machine = this.find(id);
    if (!machine) throw notFound('machine', id);
    return machine;
  }

  /** Throws `not-found` also for a machine that is no firewall. */
  getFirewall(id: string): Machine {
    const machine = this.get(id);
    if (machine.allocation?.role !== 'firewall') throw notFound('firewall', id);
    return machine;
  }

  /** The BMC data of a machine; `undefined` when none was ever reported. */
  bmcOf(machineId: string): Bmc | undefined {
    return this.bmcs.get(machineId);
  }

  /** The room that the machine's rack stands in, as its leaf switches know it; `undefined` when they do not. */
  roomOf(machineId: string): string | undefined {
    return this.switches.roomOf(machineId);
  }

  /** Those that meet all conditions, ordered by id; all machines without any. */
  search(asked: MachineQuery = {}): Machine[] {
    const query = asked.id === undefined ? asked : { ...asked, id: storedMachineId(this.machines, asked.id) };
    const matches = matcher(query);
    return this.candidates(query)
      .filter((machine) => matches({ machine, bmc: this.bmcOf(machine.id), room: this.roomOf(machine.id) }))
      .sort(byId);
  }

  /** A superset of the result, by the most selective index that the query allows. */
  private candidates(query: MachineQuery): readonly Machine[] {
    if (query.id !== undefined) return this.byIds([query.id]);
    if (query.bmcAddress) return this.byIds(this.bmcs.by('address', query.bmcAddress).map(({ id }) => id));
    const [index, key] = indexFor(query) ?? [];
    return index === undefined ? [...this.machines.list()] : this.machines.by(index, key!);
  }

  private byIds(ids: readonly string[]): Machine[] {
    return ids.flatMap((id) => this.machines.get(id) ?? []);
  }
}

/** Indexes by how few machines usually share a key. An empty key is in no index where documents may lack it. */
function indexFor(query: MachineQuery): readonly [MachineIndex, string] | undefined {
  const options: readonly (readonly [MachineIndex, string | undefined])[] = [
    ['mac', query.nicMacs?.[0]],
    ['tag', query.tags?.[0]],
    ['hostname', query.allocationHostname],
    ['project', query.allocationProject],
    ['rack', query.rackId || undefined],
    ['image', query.allocationImageId],
    ['partition', query.partitionId],
  ];
  return options.find((option): option is readonly [MachineIndex, string] => option[1] !== undefined);
}
