import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { byId } from '../../../shared/entity.js';
import { notFound } from '../../../shared/errors/domain-error.js';
import { SwitchService } from '../../switch/switch.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';
import { storedMachineId } from '../core/machine-ids.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { compileMachineQuery } from './machine-query.js';
import type { MachineFacts, MachineQuery } from './machine-query.js';

type MachineIndex = keyof typeof machineTable.indexes;

/** Reads machines, from memory only. */
@Injectable()
export class MachineQueryService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord, 'address'>,
    @Inject(SwitchService) private readonly switches: Pick<SwitchService, 'roomOf'>,
  ) {}

  /** Finds a machine by any spelling of its UUID. */
  find(id: string): Machine | undefined {
    return this.machines.get(id) ?? this.machines.get(storedMachineId(this.machines, id));
  }

  /** Throws `not-found`. */
  get(id: string): Machine {
    const machine = this.find(id);
    if (!machine) throw notFound('machine', id);
    return machine;
  }

  /** Like `find`, for a machine that is a firewall. */
  findFirewall(id: string): Machine | undefined {
    const machine = this.find(id);
    return machine?.allocation?.role === 'firewall' ? machine : undefined;
  }

  /** Throws `not-found`, also for a machine that is not a firewall. */
  getFirewall(id: string): Machine {
    const machine = this.get(id);
    if (machine.allocation?.role !== 'firewall') throw notFound('firewall', id);
    return machine;
  }

  /** The BMC data of a machine; `undefined` if none was ever reported. */
  bmcOf(machineId: string): BmcRecord | undefined {
    return this.bmcs.get(machineId);
  }

  /** The room of the machine's rack, according to its leaf switches; `undefined` if they do not know it. */
  roomOf(machineId: string): string | undefined {
    return this.switches.roomOf(machineId);
  }

  /** Returns the machines that match all conditions, ordered by ID; all machines for an empty query. */
  search(asked: MachineQuery = {}): Machine[] {
    const query = asked.id === undefined ? asked : { ...asked, id: storedMachineId(this.machines, asked.id) };
    const matches = compileMachineQuery(query);
    return this.candidates(query)
      .filter((machine) => matches(new Facts(machine, this)))
      .sort(byId);
  }

  /** Returns a superset of the result, from the most selective index that the query allows. */
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

/** Looks up what only some queries ask for. */
class Facts implements MachineFacts {
  constructor(
    readonly machine: Machine,
    private readonly machines: MachineQueryService,
  ) {}

  get bmc(): BmcRecord | undefined {
    return this.machines.bmcOf(this.machine.id);
  }

  get room(): string | undefined {
    return this.machines.roomOf(this.machine.id);
  }
}

/** Indexes by selectivity, most selective first. An empty key is not indexed if documents may lack the value. */
function indexFor(query: MachineQuery): readonly [MachineIndex, string] | undefined {
  const options: readonly (readonly [MachineIndex, string | undefined])[] = [
    ['mac', query.nicMacs?.[0]],
    ['tag', query.tags?.[0]],
    ['hostname', query.allocationHostname],
    ['project', query.allocationProject],
    ['rack', query.rackId || undefined],
    ['image', query.allocationImageId],
    ['partition', query.partitionId || undefined],
  ];
  return options.find((option): option is readonly [MachineIndex, string] => option[1] !== undefined);
}
