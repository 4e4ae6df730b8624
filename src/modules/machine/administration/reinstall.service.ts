import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import type { Clock } from '../../../shared/clock.js';
import { malformed, notFound } from '../../../shared/errors/domain-error.js';
import { CommandService } from '../../command/command.service.js';
import type { Image } from '../../image/image.js';
import { SwitchService } from '../../switch/switch.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { reinstallableAllocation, startReinstallation } from '../core/transitions/installation.js';
import { EventService } from '../event/event.service.js';
import { InstallableSystems } from '../installation/installable-systems.service.js';
import type { Machine } from '../machine.js';
import { checkImageRole, reinstallLayout } from './reinstall.js';

/** Reinstalls allocated machines, with the same or another image. */
@Injectable()
export class ReinstallService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectClock() private readonly clock: Clock,
    private readonly systems: InstallableSystems,
    private readonly switches: SwitchService,
    private readonly events: EventService,
    private readonly commands: CommandService,
  ) {}

  /**
   * Marks the allocation for reinstallation, removes the machine from its VRF and reboots it once, into PXE. Safe to
   * repeat, also to recover from a failure half way. Throws `not-found` for machine or image, and the `malformed` and
   * `invalid` errors of `startReinstallation` and the rules in `reinstall.ts`; nothing has changed then.
   */
  async reinstall(id: string, imageId: string, issuer: string): Promise<Machine> {
    const machine = this.machines.get(id);
    if (!machine) throw notFound('machine', id);
    reinstallableAllocation(machine);
    if (!imageId) throw malformed('imageid is empty, expected the id of the image to install');
    const image = this.systems.image(imageId);
    const marked = await this.machines.change(id, (current) => this.marked(current, image));
    await this.switches.setVrf(id, undefined);
    await this.events.record(id, 'Planned Reboot', 'REINSTALL');
    await this.reboot(marked, issuer);
    return this.machines.get(id) ?? marked;
  }

  /**
   * Issues a reclaim (boot from the network), as for a freed machine, because this command must not expire either:
   * the machine has already left its VRF. One reboot is enough; a separate `REINSTALL` command would cause a second
   * one.
   */
  private async reboot({ id, partitionId, allocation }: Machine, issuer: string): Promise<void> {
    const order = `reinstall-${allocation!.uuid}-${this.clock.now().toString(36)}`;
    await this.commands.issue({ id: order, machine: id, partition: partitionId, kind: 'reclaim', issuer });
  }

  private marked(machine: Machine, image: Image): Machine {
    const allocation = reinstallableAllocation(machine);
    checkImageRole(image, allocation);
    const { sizeId = '' } = machine;
    this.systems.check(sizeId, image);
    const choose = () => this.systems.layoutFor(sizeId, image.id);
    const filesystemLayout = reinstallLayout(machine, allocation, image, choose);
    return startReinstallation(machine, image.id, filesystemLayout);
  }
}
