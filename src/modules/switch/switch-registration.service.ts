import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changed, checkId, created } from '../../shared/entity.js';
import { DomainError, invalid, malformed } from '../../shared/errors/domain-error.js';
import { PartitionService } from '../partition/partition.service.js';
import { adopt, neighborReplacement } from './adoption.js';
import { LeafTable } from './leaf-table.js';
import { PORT_NAMINGS } from './port-names.js';
import type { PortNaming } from './port-names.js';
import {
  checkDistinct,
  identityOf,
  mergeNics,
  NeighborInquiry,
  withCanonicalPorts,
  withIdentifiers,
} from './switch.js';
import type { Switch, SwitchOs } from './switch.js';
import { SwitchService } from './switch.service.js';
import { switchTable } from './switch.table.js';
import type { SwitchIndex } from './switch.table.js';

/** What a switch tells about itself when it starts. */
export interface SwitchRegistration extends Pick<
  Switch,
  'id' | 'rackId' | 'partitionId' | 'managementIp' | 'managementUser' | 'nics'
> {
  readonly name?: string;
  readonly description?: string;
  /** Undefined for agents that do not name rooms. */
  readonly roomId?: string | undefined;
  /** Only of a new switch; later it is the operator's. */
  readonly consoleCommand?: string;
  readonly os?: Omit<SwitchOs, 'vendor'> & { readonly vendor: string };
}

/** Takes switches in, and lets one take the place of another. */
@Injectable()
export class SwitchRegistrationService {
  private readonly table: LeafTable;

  constructor(
    @InjectTable(switchTable) table: Table<Switch, SwitchIndex>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly switches: SwitchService,
    private readonly partitions: PartitionService,
    private readonly neighbors: NeighborInquiry,
  ) {
    this.table = new LeafTable(table);
  }

  /**
   * Registers a switch: a new one, one that starts again, or the hardware that replaces a broken one. Idempotent.
   * Throws `malformed` for an empty id or ports given twice, `not-found` for the partition, `invalid` for the vendor or
   * for ports that do not fit the machines connected.
   */
  async register(registration: SwitchRegistration): Promise<{ leaf: Switch; isNew: boolean }> {
    checkId('switch', registration.id);
    if (registration.rackId) checkId('rack', registration.rackId);
    this.partitions.get(registration.partitionId);
    checkDistinct(registration.nics);
    const os = osOf(registration);
    const stored = this.switches.find(registration.id);
    if (!stored) return { leaf: await this.table.insert(this.newSwitch(registration, os)), isNew: true };
    const leaf =
      stored.mode === 'replace' ? await this.replace(stored, registration, os) : await this.refresh(registration, os);
    return { leaf, isNew: false };
  }

  /**
   * Gives the machines and VRFs of one switch to another of the same rack. May be repeated when it failed half way.
   * Throws `malformed` for ids, racks or a new switch that is in use, `not-found`, `invalid` when a port is missing,
   * `conflict` when machines or VRFs of the old switch changed meanwhile.
   */
  async migrate(oldId: string, newId: string): Promise<Switch> {
    if (!oldId || !newId) throw malformed('old_switch_id and new_switch_id must not be empty');
    const before = this.switches.get(oldId);
    this.checkMigration(before, this.switches.get(newId));
    const after = await this.table.update(newId, (leaf) => {
      this.checkMigration(before, leaf);
      return { ...adopt(leaf, before), changed: this.now() };
    });
    await this.replaceNeighbors(before, after);
    await this.table.update(oldId, (leaf) => {
      checkStillAsCopied(before, leaf);
      return changed(leaf, { connections: [] }, this.now());
    });
    return after;
  }

  private checkMigration(before: Switch, after: Switch): void {
    if (before.id === after.id) throw malformed(`switch "${after.id}" cannot be migrated to itself`);
    if (before.rackId !== after.rackId || before.partitionId !== after.partitionId) {
      throw malformed(`switches "${before.id}" and "${after.id}" must be in the same rack and partition`);
    }
    const user = after.connections.find(({ machineId }) => !this.isBeingMoved(machineId, before, after));
    if (user) throw malformed(`switch "${after.id}" is in use already, by machine "${user.machineId}"`);
  }

  /**
   * A migration that failed half way leaves machines at three switches: the old one, the new one, and the twin of both.
   * A machine at the old and the new one only has both as its leaves, and must keep them.
   */
  private isBeingMoved(machineId: string, before: Switch, after: Switch): boolean {
    const ids = this.table.by('machine', machineId).map(({ id }) => id);
    return ids.includes(before.id) && ids.some((id) => id !== before.id && id !== after.id);
  }

  private newSwitch(registration: SwitchRegistration, os: SwitchOs | undefined): Omit<Switch, 'revision'> {
    const { name = '', description = '', consoleCommand = '', roomId: _room, ...given } = registration;
    const fields = { ...given, ...roomOf(registration), name, description, consoleCommand, os };
    return created<Switch>({ ...fields, mode: '', connections: [] }, this.now());
  }

  /** The same hardware started again. */
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
        ...changed(leaf, { ...fields, managementIp, managementUser, nics: mergeNics(leaf, nics) }, this.now()),
        os,
      };
    });
  }

  /** New hardware came in the place of a broken one: what is lost with it, its twin still knows. */
  private async replace(broken: Switch, registration: SwitchRegistration, os: SwitchOs | undefined): Promise<Switch> {
    const twin = this.twinOf(broken);
    const { rackId, partitionId, managementIp, managementUser, nics } = registration;
    if (rackId !== broken.rackId || partitionId !== broken.partitionId) {
      throw invalid(
        `switch "${broken.id}" is in rack "${broken.rackId}" of partition "${broken.partitionId}", its replacement must be too`,
      );
    }
    const name = registration.name || broken.name;
    const description = registration.description || broken.description;
    const given = { name, description, managementIp, managementUser, nics, os, ...roomOf(registration) };
    const adopted = adopt({ ...broken, ...given }, twin);
    await this.replaceNeighbors(broken, adopted);
    // Last, and only if the broken one is still as it was: a failure before leaves it to be replaced once more.
    return this.table.replace({ ...adopted, changed: this.now() }, broken.revision);
  }

  private twinOf({ id, rackId, partitionId }: Switch): Switch {
    const twins = this.table
      .by('rack', rackId)
      .filter((leaf) => leaf.partitionId === partitionId && leaf.id !== id)
      .filter(({ mode, connections }) => mode !== 'replace' && connections.length > 0);
    const [twin, ...more] = twins;
    if (!twin || more.length > 0) {
      throw invalid(
        `switch "${id}" can only be replaced beside exactly one twin in rack "${rackId}", found ${twins.length}`,
      );
    }
    return twin;
  }

  private async replaceNeighbors(before: Switch, after: Switch): Promise<void> {
    const replacement = neighborReplacement(before, after);
    const machines = new Set(before.connections.map(({ machineId }) => machineId));
    for (const machineId of machines) await this.neighbors.ask(machineId, replacement);
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}

/** Throws `conflict` when the switch has got other machines or VRFs since `copied`; reports of its agent do not matter. */
function checkStillAsCopied(copied: Switch, now: Switch): void {
  const wiring = ({ connections, nics }: Switch): string =>
    JSON.stringify([connections, nics.map((nic) => [identityOf(nic), nic.vrf])]);
  if (wiring(now) === wiring(copied)) return;
  throw new DomainError('conflict', `machines of switch "${now.id}" were changed meanwhile, migrate it once more`);
}

/** A room that is not named is kept; that the agent named one tells its kind. */
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
