import type { Optional } from '../../shared/entity.js';
import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changeEntity } from '../../shared/entity.js';
import { DomainError, isDomainError, malformed } from '../../shared/errors/domain-error.js';
import { pluralize, quoteText } from '../../shared/text.js';
import type { MachineId } from '../../shared/id.js';
import { PartitionReferences } from '../partition/partition.js';
import { VrfCleaningTable } from './vrf-cleaning-table.js';
import { identityOf, withoutMachine, withReport, withVrf } from './switch.js';
import type { PortReport, Switch, SwitchMode, SwitchStatus } from './switch.js';
import { switchStatusTable, switchTable } from './switch.table.js';
import type { SwitchIndex } from './switch.table.js';
import { connectMachine, seenPorts, wiringOf } from './wiring.js';
import type { WiredMachine, Wiring } from './wiring.js';

/** All given fields must match; a switch without a known operating system matches neither OS field. */
export type SwitchQuery = Optional<{
  readonly id: string;
  readonly name: string;
  readonly partitionId: string;
  readonly rackId: string;
  readonly roomId: string;
  readonly osVendor: string;
  readonly osVersion: string;
}>;

/** Fields that an operator can change. Mode and console command are always replaced, even if absent. */
export type SwitchChange = Optional<{
  description: string;
  /** Empty means "keep", since clients omit empty fields. */
  roomId: string;
  mode: string;
  consoleCommand: string;
}>;

/** Report of an agent after each configuration run. */
export interface SwitchNotification extends PortReport {
  /** Nanoseconds. */
  readonly duration: number;
  /** Undefined if the run succeeded. */
  readonly error?: string | undefined;
}

/** VRF of a port: none (PXE), that of firewalls, or a tenant's VRF by its number. */
export type PortVrf = 'default' | number;

/** Operations on existing switches, for operators and for the agents of leaf switches. */
@Injectable()
export class SwitchService extends EntityService<Switch, SwitchIndex> {
  constructor(
    @InjectTable(switchTable) switches: Table<Switch, SwitchIndex>,
    @InjectTable(switchStatusTable) private readonly statuses: Table<SwitchStatus>,
    @InjectClock() private readonly clock: Clock,
    partitionReferences: PartitionReferences,
  ) {
    super('switch', new VrfCleaningTable(switches));
    partitionReferences.add({ what: 'switches', idsOf: (id) => switches.by('partition', id).map((leaf) => leaf.id) });
  }

  /** Last contact with the switch; undefined if there was none. */
  status(id: string): SwitchStatus | undefined {
    return this.statuses.get(id);
  }

  /** The room of the leaves that a machine is connected to; undefined if none of them has one. */
  roomOf(machineId: MachineId): string | undefined {
    return this.table.by('machine', machineId).find(({ roomId }) => roomId)?.roomId;
  }

  /** Ordered by ID. */
  search({ id, name, partitionId, rackId, roomId, osVendor, osVersion }: SwitchQuery): Switch[] {
    const wanted = Object.entries({ id, name, partitionId, rackId, roomId }).filter(([, value]) => value !== undefined);
    return this.list(
      (leaf) =>
        wanted.every(([field, value]) => (leaf[field as keyof Switch] ?? '') === value) &&
        (osVendor === undefined || leaf.os?.vendor === osVendor) &&
        (osVersion === undefined || leaf.os?.version === osVersion),
    );
  }

  /** Throws `not-found`. */
  async update(id: string, { description, roomId, mode, consoleCommand = '' }: SwitchChange): Promise<Switch> {
    this.get(id);
    const next: SwitchMode = mode === 'replace' ? mode : 'operational';
    return this.table.update(id, (leaf) =>
      changeEntity(leaf, { description, roomId: roomId || undefined, consoleCommand, mode: next }, this.now()),
    );
  }

  /** Throws `not-found`, and `malformed` while machines are connected, unless `force` is set. */
  async delete(id: string, force: boolean): Promise<Switch> {
    const leaf = this.get(id);
    const machines = new Set(leaf.connections.map(({ machineId }) => machineId));
    if (machines.size > 0 && !force) {
      throw malformed(
        `switch "${id}" cannot be deleted, ${pluralize(machines.size, 'machine is', 'machines are')} connected: ${[...machines].join(', ')}`,
      );
    }
    await this.table.remove(id);
    await this.statuses.remove(id);
    return leaf;
  }

  /** Records a report of the switch's agent. Writes the switch only if its ports changed. Throws `not-found`. */
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

  /** Records the desired port status. Throws `malformed` for a status other than UP or DOWN, and `not-found`. */
  async setPort(id: string, nicName: string, status: string): Promise<Switch> {
    if (status !== 'UP' && status !== 'DOWN')
      throw malformed(`status is ${quoteText(status, 60)}, expected UP or DOWN`);
    return this.change(id, (leaf) => {
      const nic = leaf.nics.find(({ name }) => name.toLowerCase() === nicName.toLowerCase());
      if (!nic) throw new DomainError('not-found', `switch "${id}" has no nic "${nicName}"`);
      if (nic.wanted === status) return leaf;
      return { ...leaf, nics: leaf.nics.map((one) => (one === nic ? { ...nic, wanted: status } : one)) };
    });
  }

  /**
   * Determines where the machine is plugged in, from its neighbors, without changing anything. Throws the `invalid`
   * errors of `connect`.
   */
  wiring(machine: WiredMachine & { readonly partitionId: string | undefined }): Wiring {
    return wiringOf(machine, this.leavesAround(machine));
  }

  /**
   * The switch ports that a machine of the partition sees, as comparable texts, regardless of whether the wiring is
   * valid.
   */
  portsSeen({
    nics,
    partitionId,
  }: Omit<WiredMachine, 'id'> & { readonly partitionId: string | undefined }): ReadonlySet<string> {
    const ports = this.leavesIn(partitionId).flatMap((leaf) =>
      seenPorts({ nics }, leaf).map((nic) => JSON.stringify([leaf.id, identityOf(nic)])),
    );
    return new Set(ports);
  }

  /**
   * Connects a machine to the leaves that it sees by LLDP, and returns its location. Ports that it leaves, and ports
   * where it is new, are removed from their VRF. Idempotent. Throws `invalid` unless the machine is wired to the same
   * ports of two leaves in one rack, and for a port that is connected to another machine.
   */
  async connect(
    machine: WiredMachine & { readonly partitionId: string | undefined },
  ): Promise<{ rackId: string | undefined; partitionId: string }> {
    const { rackId, partitionId, ports } = this.wiring(machine);
    for (const [id, wanted] of ports)
      await this.changeConfirmed(this.get(id), (leaf) => connectMachine(leaf, machine.id, wanted));
    return { rackId, partitionId };
  }

  /** Removes the connections of the machine, and its ports from their VRF. Idempotent. */
  async disconnect(machineId: MachineId): Promise<void> {
    await this.changeAll(machineId, (leaf) => withoutMachine(leaf, machineId));
  }

  /** Moves all ports of the machine into a VRF, or out of theirs if it is undefined. Idempotent; a machine without connections is not an error. */
  async setVrf(machineId: MachineId, vrf: PortVrf | undefined): Promise<void> {
    const name = typeof vrf === 'number' ? `vrf${vrf}` : vrf;
    await this.changeAll(machineId, (leaf) => withVrf(leaf, machineId, name));
  }

  /**
   * Resets the VRF of a port without a machine. Does nothing if a machine has been connected to it in the meantime.
   * Idempotent, even if the switch or port was deleted.
   */
  async resetPort(id: string, port: string): Promise<void> {
    const leaf = await this.table.readFresh(id);
    if (!leaf) return;
    // A copy forces a write, and every write resets the ports without a machine (`VrfCleaningTable`).
    const reset = (current: Switch): Switch =>
      current.nics.some((nic) => identityOf(nic) === port && nic.vrf !== undefined) ? { ...current } : current;
    await this.change(id, reset).catch(ignoreDeleted);
  }

  /** The switches of the machine's partition, and other switches that still list the machine, by ID. */
  private leavesAround({ id, partitionId }: WiredMachine & { readonly partitionId: string | undefined }): Switch[] {
    const leaves = new Set([...this.leavesIn(partitionId), ...this.table.by('machine', id)]);
    return [...leaves].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private leavesIn(partitionId: string | undefined): readonly Switch[] {
    return partitionId === undefined ? [] : this.table.by('partition', partitionId);
  }

  private async changeAll(machineId: string, change: (leaf: Switch) => Switch): Promise<void> {
    const leaves = this.table.by('machine', machineId);
    await Promise.all(leaves.map((leaf) => this.changeConfirmed(leaf, change).catch(ignoreDeleted)));
  }

  /**
   * Confirms against the database that there is nothing to change: a port without a VRF in memory may already be in a
   * tenant's VRF.
   */
  private async changeConfirmed(leaf: Switch, change: (leaf: Switch) => Switch): Promise<void> {
    if (change(leaf) === leaf) await this.table.readFresh(leaf.id);
    await this.change(leaf.id, change);
  }

  /** Stores the change, unless it has no effect. */
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

/** A switch that was deleted in the meantime needs no change. */
function ignoreDeleted(error: unknown): void {
  if (!isDomainError(error, 'not-found')) throw error;
}
