import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { malformed, notFound } from '../../../shared/errors/domain-error.js';
import { CommandService } from '../../command/command.service.js';
import { FilesystemLayoutService } from '../../filesystem-layout/filesystem-layout.service.js';
import type { Image } from '../../image/image.js';
import { ImageService } from '../../image/image.service.js';
import { SizeImageConstraintService } from '../../size-image-constraint/size-image-constraint.service.js';
import { SwitchService } from '../../switch/switch.service.js';
import { EventService } from '../event/event.service.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { checkImageRole, reinstallableAllocation, reinstallLayout } from './reinstall.js';

/** Installs an allocated machine again, with another image or the same. */
@Injectable()
export class ReinstallService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly images: ImageService,
    private readonly layouts: FilesystemLayoutService,
    private readonly constraints: SizeImageConstraintService,
    private readonly switches: SwitchService,
    private readonly events: EventService,
    private readonly commands: CommandService,
  ) {}

  /**
   * Marks the allocation for reinstallation, takes the machine out of its VRF and reboots it once, into PXE. Repeating it
   * is safe: after a failure half way, that is the cure. Throws `not-found` for machine or image, `malformed` and
   * `invalid` as the rules of `reinstall.ts` say; then nothing has changed.
   */
  async reinstall(id: string, imageId: string, issuer: string): Promise<Machine> {
    const machine = this.machines.get(id);
    if (!machine) throw notFound('machine', id);
    reinstallableAllocation(machine);
    if (!imageId) throw malformed('imageid is empty, expected the id of the image to be installed');
    const image = this.images.resolve(imageId);
    const marked = await this.machines.update(id, (current) => this.marked(current, image));
    await this.switches.setVrf(id, '');
    await this.events.record(id, 'Planned Reboot', 'REINSTALL');
    await this.reboot(marked, issuer);
    return this.machines.get(id) ?? marked;
  }

  /**
   * The same order that takes a freed machine back, boot from the network, because like that one it must not expire: the
   * machine is out of its VRF already. One reboot, where a second order `REINSTALL` would make it two.
   */
  private async reboot({ id, partitionId, allocation }: Machine, issuer: string): Promise<void> {
    const order = `reinstall-${allocation!.uuid}-${this.clock.now().toString(36)}`;
    await this.commands.issue({ id: order, machine: id, partition: partitionId, type: 'delete', issuer });
  }

  private marked(machine: Machine, image: Image): Machine {
    const allocation = reinstallableAllocation(machine);
    checkImageRole(image, allocation);
    this.constraints.check(machine.sizeId, image);
    const choose = () => this.layouts.resolve(machine.sizeId, image.id);
    const filesystemLayout = reinstallLayout(machine, allocation, image, choose);
    return {
      ...machine,
      allocation: { ...allocation, imageId: image.id, filesystemLayout, reinstall: true },
      changed: timestamp(this.clock.now()),
    };
  }
}
