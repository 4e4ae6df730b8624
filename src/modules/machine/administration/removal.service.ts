import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { type Clock } from '../../../shared/clock.js';
import { invalid, notFound } from '../../../shared/errors/domain-error.js';
import { SwitchService } from '../../switch/switch.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { describeWork } from '../core/work-in-progress.js';
import { EventService } from '../event/event.service.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';
import { bmcTable } from '../machine.table.js';
import { MachineViewService } from '../query/machine-view.service.js';
import type { MachineView } from '../query/machine-view.service.js';

/** Removes machines that have left the data center. */
@Injectable()
export class RemovalService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord>,
    private readonly views: MachineViewService,
    private readonly events: EventService,
    private readonly switches: SwitchService,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /**
   * Removes an unowned, dead machine with its events, BMC data and switch connections; returns its last state. Throws
   * `not-found`, `invalid` if it is owned or not dead, `conflict` on a concurrent modification. A call that failed
   * half way can be repeated: it finishes the removal and throws `not-found`.
   */
  async remove(id: string): Promise<MachineView> {
    const machine = this.machines.get(id);
    if (!machine) {
      // Another replica may have just created it.
      if (!(await this.machines.readFresh(id))) await this.forget(id);
      throw notFound('machine', id);
    }
    await this.events.refresh(id); // it may have come back to life and reported to another replica
    const view = this.views.of(machine);
    this.refuse(machine);
    // The revision guards everything that was checked above: a claim made in the meantime makes this fail.
    await this.machines.remove(machine);
    await this.forget(id);
    return view;
  }

  private refuse(machine: Machine): void {
    const { id, allocation } = machine;
    if (allocation) throw invalid(`machine "${id}" is allocated to project "${allocation.project}", free it first`);
    const busy = describeWork(machine, this.clock.now());
    if (busy !== undefined) throw invalid(busy);
    const liveliness = this.events.find(id)?.liveliness ?? 'Dead';
    if (liveliness !== 'Dead') throw invalid(`machine "${id}" is ${liveliness}, only a Dead one can be deleted`);
  }

  private async forget(id: string): Promise<void> {
    await Promise.all([this.switches.disconnect(id), this.events.forget(id), this.bmcs.remove(id)]);
  }
}
