import { Inject, Injectable } from '@nestjs/common';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changed } from '../../shared/entity.js';
import { DomainError, isDomainError, malformed } from '../../shared/errors/domain-error.js';
import { PartitionReferences } from '../partition/partition.js';
import { LeafTable } from './leaf-table.js';
import { identityOf, withoutMachine, withReport, withVrf } from './switch.js';
import type { PortReport, Switch, SwitchMode, SwitchStatus } from './switch.js';
import { switchStatusTable, switchTable } from './switch.table.js';
import type { SwitchIndex } from './switch.table.js';
import { connected, seenPorts, wiringOf } from './wiring.js';
import type { WiredMachine, Wiring } from './wiring.js';

/** Every given field must match; a switch of unknown operating system matches neither of its fields. */
export interface SwitchQuery {
  readonly id?: string;
  readonly name?: string;
  readonly partitionId?: string;
  readonly rackId?: string;
  readonly roomId?: string;
  readonly osVendor?: string;
  readonly osVersion?: string;
}

/** What an operator may change; mode and console command are taken as they are, even when left out. */
export interface SwitchChange {
  readonly description?: string;
  /** Empty means "keep", since clients leave out what is empty. */
  readonly roomId?: string;
  readonly mode?: string;
  readonly consoleCommand?: string;
}

/** What an agent tells after each round. */
export interface SwitchNotification extends PortReport {
  /** Nanoseconds. */
  readonly duration: number;
  /** Undefined when the round went well. */
  readonly error?: string;
}

/** What becomes of a port: back to PXE, a firewall's, or the VRF of a tenant by its number. */
export type PortVrf = '' | 'default' | number;

/** What operators and the agents of leaf switches do with switches that exist. */
@Injectable()
export class SwitchService extends Entities<Switch, SwitchIndex> {
  constructor(
    @InjectTable(switchTable) switches: Table<Switch, SwitchIndex>,
    @InjectTable(switchStatusTable) private readonly statuses: Table<SwitchStatus>,
    @Inject(CLOCK) private readonly clock: Clock,
    partitionReferences: PartitionReferences,
  ) {
    super('switch', new LeafTable(switches));
    partitionReferences.add({ what: 'switches', idsOf: (id) => switches.by('partition', id).map((leaf) => leaf.id) });
  }

  /** When the switch was last in touch; undefined when never. */
  status(id: string): SwitchStatus | undefined {
    return this.statuses.get(id);
  }

  /** The room of the leaves that a machine is connected to; undefined when none of them knows it. */
  roomOf(machineId: string): string | undefined {
    return this.table.by('machine', machineId).find(({ roomId }) => roomId)?.roomId;
  }

  /** Ordered by id. */
  search({ id, name, partitionId, rackId, roomId, osVendor, osVersion }: SwitchQuery): Switch[] {
    const wanted = Object.entries({ id, name, partitionId, rackId, roomId }).filter(([, value]) => value !== undefined);
    return this.list(
      (leaf) =>
        wanted.every(([field, value]) => leaf[field as keyof Switch] === value) &&
        (osVendor === undefined || leaf.os?.vendor === osVendor) &&
        (osVersion === undefined || leaf.os?.version === osVersion),
    );
  }

  /** Throws `not-found`. */
  async update(id: string, { description, roomId, mode, consoleCommand = '' }: SwitchChange): Promise<Switch> {
    this.get(id);
    const next: SwitchMode = mode === 'replace' ? mode : 'operational';
    return this.table.update(id, (leaf) =>
      changed(leaf, { description, roomId: roomId || undefined, consoleCommand, mode: next }, this.now()),
    );
  }

  /** Throws `not-found`, and `malformed` while machines are connected, unless forced. */
  async delete(id: string, force: boolean): Promise<Switch> {
    const leaf = this.get(id);
    const machines = new Set(leaf.connections.map(({ machineId }) => machineId));
    if (machines.size > 0 && !force) {
      throw malformed(
        `switch "${id}" cannot be deleted, ${machines.size} machines are connected: ${[...machines].join(', ')}`,
      );
    }
    await this.table.remove(id);
    await this.statuses.remove(id);
    return leaf;
  }

  /** Records what the agent of the switch tells. Writes the switch only when its ports changed. Throws `not-found`. */
  async notify(id: string, { duration, error, ...report }: SwitchNotification): Promise<Switch> {
    this.get(id);
    const sync = { time: this.now(), duration, ...(error !== undefined && { error }) };
    await this.statuses.upsert(id, (status) => ({
      id,
      lastSync: error === undefined ? sync : status?.lastSync,
      lastSyncError: error === undefined ? status?.lastSyncError : sync,
    }));
    return this.change(id, (leaf) => withReport(leaf, report));
  }

  /** Records what an operator wants of a port. Throws `malformed` for another status than UP or DOWN, `not-found`. */
  async setPort(id: string, nicName: string, status: string): Promise<Switch> {
    if (status !== 'UP' && status !== 'DOWN') throw malformed(`status "${status}" must be UP or DOWN`);
    return this.change(id, (leaf) => {
      const nic = leaf.nics.find(({ name }) => name.toLowerCase() === nicName.toLowerCase());
      if (!nic) throw new DomainError('not-found', `switch "${id}" has no nic "${nicName}"`);
      if (nic.wanted === status) return leaf;
      return { ...leaf, nics: leaf.nics.map((one) => (one === nic ? { ...nic, wanted: status } : one)) };
    });
  }

  /** Where the machine is plugged in, by what it sees; changes nothing. Throws `invalid` as `connect` does. */
  wiring(machine: WiredMachine & { readonly partitionId: string }): Wiring {
    return wiringOf(machine, this.leavesAround(machine));
  }

  /** The switch ports that a machine of the partition sees, as texts that can be compared, whether it is wired right or not. */
  portsSeen({ nics, partitionId }: Omit<WiredMachine, 'id'> & { readonly partitionId: string }): ReadonlySet<string> {
    const ports = this.table
      .by('partition', partitionId)
      .flatMap((leaf) => seenPorts({ nics }, leaf).map((nic) => JSON.stringify([leaf.id, identityOf(nic)])));
    return new Set(ports);
  }

  /**
   * Connects a machine to the leaves that it sees by LLDP, and says where it stands. Ports that it leaves are in no VRF
   * any more, nor are ports that it is new at. Idempotent. Throws `invalid` for any wiring but one to the same ports of
   * two leaves of a rack, and for a port at which another machine is.
   */
  async connect(
    machine: WiredMachine & { readonly partitionId: string },
  ): Promise<{ rackId: string; partitionId: string }> {
    const { rackId, partitionId, ports } = this.wiring(machine);
    for (const [id, wanted] of ports)
      await this.changeSurely(this.get(id), (leaf) => connected(leaf, machine.id, wanted));
    return { rackId, partitionId };
  }

  /** Forgets where the machine was connected; its ports are in no VRF any more. Idempotent. */
  async disconnect(machineId: string): Promise<void> {
    await this.changeAll(machineId, (leaf) => withoutMachine(leaf, machineId));
  }

  /** Puts all ports of the machine into a VRF. Idempotent; a machine without connections is no error. */
  async setVrf(machineId: string, vrf: PortVrf): Promise<void> {
    const name = typeof vrf === 'number' ? `vrf${vrf}` : vrf;
    await this.changeAll(machineId, (leaf) => withVrf(leaf, machineId, name));
  }

  /**
   * Resets the VRF of a port at which no machine is; one that a machine has come to meanwhile is left alone. Idempotent,
   * also for a switch or port that is gone.
   */
  async resetPort(id: string, port: string): Promise<void> {
    const leaf = await this.table.fresh(id);
    if (!leaf) return;
    // A write of the switch as it is resets what is to be reset.
    const reset = (current: Switch): Switch =>
      current.nics.some((nic) => identityOf(nic) === port && nic.vrf !== '') ? { ...current } : current;
    await this.change(id, reset).catch(ignoreDeleted);
  }

  /** The switches of the machine's partition, and others at which it is still said to be, by id. */
  private leavesAround({ id, partitionId }: WiredMachine & { readonly partitionId: string }): Switch[] {
    const leaves = new Set([...this.table.by('partition', partitionId), ...this.table.by('machine', id)]);
    return [...leaves].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private async changeAll(machineId: string, change: (leaf: Switch) => Switch): Promise<void> {
    const leaves = this.table.by('machine', machineId);
    await Promise.all(leaves.map((leaf) => this.changeSurely(leaf, change).catch(ignoreDeleted)));
  }

  /**
   * That nothing is to be changed is only believed when the database says so: a port that memory has in no VRF yet may be
   * in that of a tenant already.
   */
  private async changeSurely(leaf: Switch, change: (leaf: Switch) => Switch): Promise<void> {
    if (change(leaf) === leaf) await this.table.fresh(leaf.id);
    await this.change(leaf.id, change);
  }

  /** Stores the change unless it changes nothing. */
  private async change(id: string, change: (leaf: Switch) => Switch): Promise<Switch> {
    this.get(id);
    return this.table.update(id, (leaf) => {
      const next = change(leaf);
      return next === leaf ? leaf : { ...next, changed: this.now() };
    });
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}

/** A switch that was deleted in between has nothing to be changed any more. */
function ignoreDeleted(error: unknown): void {
  if (!isDomainError(error, 'not-found')) throw error;
}
