import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { checkId } from '../../../shared/entity.js';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { PartitionService } from '../../partition/partition.service.js';
import { UNKNOWN_SIZE } from '../../size/size.js';
import { SizeService } from '../../size/size.service.js';
import { SwitchService } from '../../switch/switch.service.js';
import { EventService } from '../event/event.service.js';
import { InstallationService } from '../boot/installation.service.js';
import { isInstalled } from '../machine-ports.js';
import { newMachine } from '../machine.js';
import type { Bmc, Machine, MachineHardware } from '../machine.js';
import { quoted } from '../../../shared/text.js';
import { storedMachineId } from '../machine-ids.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { cleanRegistration } from './reported.js';
import { PortVrfService } from '../port-vrf.service.js';
import { admission, SHOULD_BOOT_FROM_DISK } from './admission.js';
import type { Admission, Surroundings } from './admission.js';
import { heldBmc, mergedBmc, registered } from './registration.js';
import type { Registration } from './registration.js';

/** What a registration led to. */
export interface Registered {
  readonly machine: Machine;
  /** Nothing was known of it before, not even an event. */
  readonly isNew: boolean;
}

/** A machine is registered twice at a time at most; more changes of its network cards are none that end by themselves. */
const ATTEMPTS = 5;

/** Takes in machines with their hardware (reference/10 §12.2). */
@Injectable()
export class RegistrationService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectTable(bmcTable) private readonly bmcs: Table<Bmc>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly partitions: PartitionService,
    private readonly sizes: SizeService,
    private readonly switches: SwitchService,
    private readonly events: EventService,
    private readonly ports: PortVrfService,
    private readonly installations: InstallationService,
  ) {}

  /**
   * Stores a machine with its hardware, size, place and BMC, and connects it to its switches; known machines keep what a
   * registration does not say, and allocated ones what their tenants depend on. A new machine that is not wired to two
   * switches as it should be leaves nothing behind. May be repeated. Throws `malformed` for the id, `not-found` for the
   * partition, `invalid` for the wiring and as `admission` does; such a refusal shows among the issues of a known machine.
   */
  async register(reported: Registration): Promise<Registered> {
    const machineId = storedMachineId(this.machines, reported.machineId);
    const registration = { ...cleanRegistration(reported), machineId };
    const { partitionId } = registration;
    checkId('machine', machineId);
    this.partitions.get(partitionId);
    if (reported.bmc?.address && !registration.bmc?.address) {
      this.log.warn(`machine ${machineId} registers ${quoted(reported.bmc.address, 60)}, which is no address of a BMC`);
    }
    try {
      return await this.admit(registration);
    } catch (error) {
      if (isDomainError(error, 'invalid')) await this.noteRefusal(machineId, error);
      throw error;
    }
  }

  private async admit(registration: Registration): Promise<Registered> {
    const { machineId, partitionId, hardware } = registration;
    const { rackId, ...place } = this.switches.wiring({ id: machineId, partitionId, nics: hardware.nics });
    const findings = { rackId, partitionId: place.partitionId, sizeId: this.sizeOf(machineId, hardware) };
    const now = timestamp(this.clock.now());
    const attempt = { isNew: false, admitted: 'open' as Admission };
    const stored = await this.machines.upsert(machineId, (current) => {
      attempt.isNew = current === undefined;
      attempt.admitted = admission(current, registration, this.surroundings(machineId));
      return registered(current ?? newMachine(machineId, now), registration, findings, now, attempt.admitted);
    });
    const { isNew, admitted } = attempt;
    const machine = admitted === 'held' ? stored : await this.connect(stored, isNew);
    await this.storeBmc(registration, admitted, now);
    await this.events.ensure(machineId);
    return { machine, isNew };
  }

  private surroundings(machineId: string): Surroundings {
    return {
      portsSeen: (nics, partitionId) => this.switches.portsSeen({ nics, partitionId }),
      newestEvent: this.events.find(machineId)?.events[0],
    };
  }

  /**
   * Connects the machine as its document says, and looks again afterwards: of two registrations at a time the later one
   * counts at the switches, too. A machine that was installed meanwhile is in its VRF at its new ports.
   */
  private async connect(machine: Machine, isNew: boolean): Promise<Machine> {
    let current = machine;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { id, partitionId, hardware } = current;
      await this.switches.connect({ id, partitionId, nics: hardware.nics }).catch(async (error: unknown) => {
        if (isNew) await this.forget(current);
        throw error;
      });
      const now = await this.machines.fresh(id);
      if (!now) throw new DomainError('conflict', `machine "${id}" was removed while it registered`);
      if (isDeepStrictEqual(now.hardware.nics, hardware.nics)) {
        if (isInstalled(now)) await this.ports.align(id);
        return now;
      }
      current = now;
    }
    throw new DomainError('conflict', `machine "${current.id}" registers again and again, please retry`);
  }

  /** A new machine that lost its ports to another one at the last moment; unless others have come to know it already. */
  private async forget({ id, revision }: Machine): Promise<void> {
    await this.machines.remove(id, revision).catch((error: unknown) => {
      if (!isDomainError(error, 'conflict')) throw error;
    });
  }

  private async storeBmc({ machineId, bmc }: Registration, admitted: Admission, now: string): Promise<void> {
    if (!bmc) return;
    if (admitted === 'open') {
      await this.bmcs.upsert(machineId, (current) => mergedBmc(current, machineId, bmc, now));
    } else if (this.bmcs.get(machineId)) {
      await this.bmcs.update(machineId, (current) => heldBmc(current, bmc));
    }
  }

  /** An installer that starts on an installed machine was not told, or failed, to boot from disk. */
  private async noteRefusal(machineId: string, { message, details }: DomainError): Promise<void> {
    const machine = this.machines.get(machineId);
    if (!machine) return;
    this.log.warn(`a registration as machine ${machineId} is refused`, message);
    await this.events.noteError(machineId, 'Registering', `registration refused: ${message}`);
    if (details?.[SHOULD_BOOT_FROM_DISK]) await this.installations.remindOfDisk(machine);
  }

  private sizeOf(machineId: string, hardware: MachineHardware): string {
    const size = this.sizes.match(hardware);
    if (size) return size.id;
    const matching = this.sizes.candidates(hardware).map(({ id }) => id);
    this.log.info(`machine ${machineId} has no size: ${matching.length === 0 ? 'none matches' : matching.join(', ')}`);
    return UNKNOWN_SIZE.id;
  }
}
