import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { checkId } from '../../../shared/entity.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { PartitionService } from '../../partition/partition.service.js';
import { UNKNOWN_SIZE } from '../../size/size.js';
import { SizeService } from '../../size/size.service.js';
import { SwitchService } from '../../switch/switch.service.js';
import { EventService } from '../event/event.service.js';
import { newMachine } from '../machine.js';
import type { Bmc, Machine, MachineHardware } from '../machine.js';
import { storedMachineId } from '../machine-ids.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { cleanRegistration } from './reported.js';
import { mergedBmc, registered } from './registration.js';
import type { Registration } from './registration.js';

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
  ) {}

  /**
   * Stores a machine with its hardware, size, place and BMC; known machines keep what a registration does not say. The
   * wiring comes first: a machine that is not wired to two switches as it should be leaves nothing behind. May be
   * repeated. Throws `malformed` for the id, `not-found` for the partition, `invalid` for the wiring.
   */
  async register(reported: Registration): Promise<{ readonly machine: Machine; readonly isNew: boolean }> {
    const registration = cleanRegistration(reported);
    const { partitionId, hardware, bmc } = registration;
    const machineId = storedMachineId(this.machines, registration.machineId);
    checkId('machine', machineId);
    this.partitions.get(partitionId);
    const place = await this.switches.connect({ id: machineId, partitionId, nics: hardware.nics });
    const findings = { ...place, sizeId: this.sizeOf(machineId, hardware) };
    const now = timestamp(this.clock.now());
    const isNew = this.machines.get(machineId) === undefined;
    const machine = await this.machines.upsert(machineId, (current) =>
      registered(current ?? newMachine(machineId, now), registration, findings, now),
    );
    if (bmc) await this.bmcs.upsert(machineId, (current) => mergedBmc(current, machineId, bmc, now));
    await this.events.ensure(machineId);
    return { machine, isNew };
  }

  private sizeOf(machineId: string, hardware: MachineHardware): string {
    const size = this.sizes.match(hardware);
    if (size) return size.id;
    const matching = this.sizes.candidates(hardware).map(({ id }) => id);
    this.log.info(`machine ${machineId} has no size: ${matching.length === 0 ? 'none matches' : matching.join(', ')}`);
    return UNKNOWN_SIZE.id;
  }
}
