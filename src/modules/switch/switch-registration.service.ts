import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changeEntity, checkId, createEntity } from '../../shared/entity.js';
import { DomainError, invalid, malformed } from '../../shared/errors/domain-error.js';
import { PartitionService } from '../partition/partition.service.js';
import { takeOverPorts, neighborReplacement } from './port-takeover.js';
import { VrfCleaningTable } from './vrf-cleaning-table.js';
import { PORT_NAMINGS } from './port-names.js';
import type { PortNaming } from './port-names.js';
import {
  checkDistinct,
  identityOf,
  mergeNics,
  NeighborUpdater,
  withCanonicalPorts,
  withIdentifiers,
} from './switch.js';
import type { Switch, SwitchOs } from './switch.js';
import { SwitchService } from './switch.service.js';
import { switchTable } from './switch.table.js';
import type { SwitchIndex } from './switch.table.js';

/** The data that a switch agent reports at start-up. */
export interface SwitchRegistration extends Pick<
  Switch,
  'id' | 'rackId' | 'partitionId' | 'managementIp' | 'managementUser' | 'nics'
> {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Undefined for agents that do not report a room. */
  readonly roomId?: string | undefined;
  /** Used for a new switch only; afterwards operators set it. */
  readonly consoleCommand?: string | undefined;
  readonly os?: (Omit<SwitchOs, 'vendor'> & { readonly vendor: string }) | undefined;
}

/** Registers switches and migrates machines from one switch to another. */
@Injectable()
export class SwitchRegistrationService {
  private readonly table: VrfCleaningTable;

  constructor(
    @InjectTable(switchTable) table: Table<Switch, SwitchIndex>,
    @InjectClock() private readonly clock: Clock,
    private readonly switches: SwitchService,
    private readonly partitions: PartitionService,
    private readonly neighbors: NeighborUpdater,
  ) {
    this.table = new VrfCleaningTable(table);
  }

  /**
   * Registers a switch: a new one, one that restarted, or hardware that replaces a broken one. Idempotent. Throws
   * `malformed` for an empty ID or duplicate ports, `not-found` for the partition, `invalid` for the vendor or for
   * ports that do not fit the connected machines.
   */
  async register(registration: SwitchRegistration): Promise<{ leaf: Switch; isNew: boolean }> {
    const stored = this.switches.find(registration.id);
    if (!stored) checkId('switch', registration.id);
    if (registration.rackId && registration.rackId !== stored?.rackId) checkId('rack', registration.rackId);
    this.partitions.get(registration.partitionId);
    checkDistinct(registration.nics);
    const os = osOf(registration);
    if (!stored) return { leaf: await this.table.insert(this.newSwitch(registration, os)), isNew: true };
    const leaf =
      stored.mode === 'replace' ? await this.replace(stored, registration, os) : await this.refresh(registration, os);
    return { leaf, isNew: false };
  }

  /**
   * Moves the machines and VRFs of one switch to another in the same rack. Can be repeated after a failure half-way.
   * Throws `malformed` for invalid IDs, racks or a new switch in use, `not-found`, `invalid` if a port is missing,
   * `conflict` if machines or VRFs of the old switch changed during the migration.
   */
  async migrate(oldId: string, newId: string): Promise<Switch> {
    if (!oldId || !newId) throw malformed('old_switch_id and new_switch_id must not be empty');
    const before = this.switches.get(oldId);
    this.checkMigration(before, this.switches.get(newId));
    const after = await this.table.update(newId, (leaf) => {
      this.checkMigration(before, leaf);
      return { ...takeOverPorts(leaf, before), changed: this.now() };
    });
    await this.replaceNeighbors(before, after);
    await this.table.update(oldId, (leaf) => {
      checkStillAsCopied(before, leaf);
      return changeEntity(leaf, { connections: [] }, this.now());
    });
    return after;
  }

  private checkMigration(before: Switch, after: Switch): void {
    if (before.id === after.id) throw malformed(`switch "${after.id}" cannot be migrated to itself`);
    if (before.rackId !== after.rackId || before.partitionId !== after.partitionId) {
      throw malformed(`switches "${before.id}" and "${after.id}" must be in the same rack and partition`);
    }
    const user = after.connections.find(({ machineId }) => !this.isBeingMoved(machineId, before, after));
    if (user) throw malformed(`switch "${after.id}" is already in use by machine "${user.machineId}"`);
  }

  /**
   * A migration that failed half-way leaves machines connected to three switches: the old one, the new one, and the
   * twin of both. A machine that is only connected to the old and the new one has both as its leaves and must keep
   * them.
   */
  private isBeingMoved(machineId: string, before: Switch, after: Switch): boolean {
    const ids = this.table.by('machine', machineId).map(({ id }) => id);
    return ids.includes(before.id) && ids.some((id) => id !== before.id && id !== after.id);
  }

  private newSwitch(registration: SwitchRegistration, os: SwitchOs | undefined): Omit<Switch, 'revision'> {
    const { name = '', description = '', consoleCommand = '', roomId: _room, ...given } = registration;
    const fields = { ...given, ...roomOf(registration), name, description, consoleCommand, os };
    return createEntity<Switch>({ ...fields, mode: undefined, connections: [] }, this.now());
  }

  /** Registers the same hardware again after a restart. */
  private async refresh(registration: SwitchRegistration, os: SwitchOs | undefined): Promise<Switch> {
    const { name, description, rackId, partitionId, managementIp, managementUser, nics } = registration;
    const fields = {
      name: name || undefined,
      description: description || undefined,
      rackId,
      partitionId,
      ...roomOf(registration),
    };
    return this.table.update(registration.id, (current) => {
      const leaf = withIdentifiers(withCanonicalPorts(current), nics);
      return {
        ...changeEntity(leaf, { ...fields, managementIp, managementUser, nics: mergeNics(leaf, nics) }, this.now()),
        os,
      };
    });
  }

  /** Registers hardware that replaces a broken switch, and restores the lost state from its twin. */
  private async replace(broken: Switch, registration: SwitchRegistration, os: SwitchOs | undefined): Promise<Switch> {
    const twin = this.twinOf(broken);
    const { rackId, partitionId, managementIp, managementUser, nics } = registration;
    if (rackId !== broken.rackId || partitionId !== broken.partitionId) {
      throw invalid(
        `switch "${broken.id}" is in rack "${broken.rackId ?? ''}" of partition "${broken.partitionId}"; its replacement must be there, too`,
      );
    }
    const name = registration.name || broken.name;
    const description = registration.description || broken.description;
    const given = { name, description, managementIp, managementUser, nics, os, ...roomOf(registration) };
    const adopted = takeOverPorts({ ...broken, ...given }, twin);
    await this.replaceNeighbors(broken, adopted);
    // Written last, and only if the broken switch is unchanged: after an earlier failure it can be replaced again.
    return this.table.replace({ ...adopted, changed: this.now() }, broken.revision);
  }

  private twinOf({ id, rackId, partitionId }: Switch): Switch {
    const twins = this.table
      .by('partition', partitionId)
      .filter((leaf) => leaf.rackId === rackId && leaf.id !== id)
      .filter(({ mode, connections }) => mode !== 'replace' && connections.length > 0);
    const [twin, ...more] = twins;
    if (!twin || more.length > 0) {
      throw invalid(
        `switch "${id}" can only be replaced if rack "${rackId ?? ''}" has exactly one twin of it, found ${twins.length}`,
      );
    }
    return twin;
  }

  private async replaceNeighbors(before: Switch, after: Switch): Promise<void> {
    const replacement = neighborReplacement(before, after);
    const machines = new Set(before.connections.map(({ machineId }) => machineId));
    for (const machineId of machines) await this.neighbors.call(machineId, replacement);
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}

/**
 * Throws `conflict` if machines or VRFs of the switch have changed since `copied`; reports of its agent are ignored.
 */
function checkStillAsCopied(copied: Switch, now: Switch): void {
  const wiring = ({ connections, nics }: Switch): string =>
    JSON.stringify([connections, nics.map((nic) => [identityOf(nic), nic.vrf])]);
  if (wiring(now) === wiring(copied)) return;
  throw new DomainError('conflict', `machines of switch "${now.id}" changed during the migration; retry`);
}

/** Keeps the room if the agent names none. Naming a room identifies the generation of the agent. */
const roomOf = ({ roomId }: SwitchRegistration): Pick<Switch, 'roomId' | 'namesRoom'> => ({
  ...(roomId && { roomId }),
  namesRoom: roomId !== undefined,
});

function osOf({ os }: SwitchRegistration): SwitchOs | undefined {
  if (!os) return undefined;
  const vendor = PORT_NAMINGS.find((naming): naming is PortNaming => naming === os.vendor);
  if (!vendor) throw invalid(`os.vendor is "${os.vendor}", expected one of ${PORT_NAMINGS.join(', ')}`);
  return { ...os, vendor };
}
